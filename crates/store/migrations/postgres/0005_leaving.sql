-- What an event is about to tell, by field and ground, never values: written before it is sent, so that a power cut cannot
-- leave the audit without it. Of what was handed out before this, nobody knows whether it was sent.
alter table deliveries add column leaving text;
update deliveries set leaving = '{}' where status = 'offered' and delivered_at is null;
