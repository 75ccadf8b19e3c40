-- What stands in a feed and was never shown may still be taken out of it without a trace. Of what stood there before, nobody
-- knows whether it was shown, so it counts as if it was.
update deliveries set status = 'given' where status = 'feed';
create index feed_event on feed (event_id);
