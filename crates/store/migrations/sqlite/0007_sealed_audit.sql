-- What an entry of the audit says, and what an event is about to tell, encrypted: names of fields can be names of services, and
-- they stand beside a child. Rows from before keep theirs as it was written, so that `detail` is empty in new rows only.
alter table audit add column sealed blob;
alter table deliveries add column leaving_sealed blob;
