-- Where the audit log ends (`end`), and up to where a checkpoint was signed (`signed`), each under a keyed hash: what is taken
-- off the end of the log is missed although nothing after it tells. See seals.rs.
create table seals (
    name text primary key,
    size bigint not null,
    hash text not null,
    mac text not null
);
