-- What a person said of two children: that they are one, or that they are two. Rows are never changed; the latest of a pair
-- counts. `same` = 1: `child` counts as `other`, which survives; 0: each stands alone.
create table same_child (
    seq integer primary key autoincrement,
    child text not null,
    other text not null,
    same integer not null,
    task text not null,
    at integer not null,
    said_by text not null
) strict;
create index same_child_child on same_child (child, seq);
create index same_child_other on same_child (other, seq);

-- What a person answered to a task, and who.
alter table tasks add column answer text;
alter table tasks add column answered_by text;
