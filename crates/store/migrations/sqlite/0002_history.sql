-- What each answer was made from, so that it can be made again: the last fact read, and the rules of that day.
-- Answers from before this have neither.

create table rules (
    fingerprint text primary key,
    text text not null
) strict;

alter table answers add column upto integer;
alter table answers add column rules text;

-- How many recipients had been given another answer than the one a late fact makes true.
alter table alerts add column recipients integer;
