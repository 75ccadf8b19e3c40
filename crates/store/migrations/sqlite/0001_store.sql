-- The store. Instants are microseconds since 1970-01-01 UTC, dates are text YYYY-MM-DD, ids are text UUID.
-- Columns ending in _ix are keyed hashes (blind index); binary columns are ciphertext.

create table keyring (
    name text primary key,
    value blob not null
) strict;

create table counters (
    name text primary key,
    value integer not null
) strict;
insert into counters (name, value) values ('mark', 0), ('ping', 0);

-- Raw records, in order of arrival.
create table inbox (
    seq integer primary key autoincrement,
    id text not null unique,
    system text not null,
    key_ix text not null,
    key blob not null,
    content_type text not null,
    body_ix text not null,
    body blob not null,
    gone integer not null,
    delivery_ix text,
    received_at integer not null,
    state text not null
) strict;
create index inbox_unit on inbox (system, key_ix, seq);
create unique index inbox_delivery on inbox (system, delivery_ix) where delivery_ix is not null;
create index inbox_state on inbox (state, seq);

create table cursors (
    system text not null,
    name text not null,
    value text not null,
    primary key (system, name)
) strict;

-- The ledger. Rows are never changed and never removed.
create table facts (
    seq integer primary key autoincrement,
    id text not null unique,
    child text not null,
    municipality text not null,
    at text not null,
    recorded_at integer not null,
    source text not null,
    record text,
    scope_ix text,
    content_ix text not null,
    body blob not null
) strict;
create index facts_child on facts (child, municipality, seq);
create index facts_scope on facts (source, scope_ix, seq);

-- Who is who.
create table identifiers (
    seq integer primary key autoincrement,
    id text not null unique,
    child text not null,
    scheme text not null,
    value_ix text not null,
    value blob not null,
    valid_from text not null,
    valid_to text,
    unique (scheme, value_ix)
) strict;
create index identifiers_child on identifiers (child, seq);

create table persons (
    scheme text not null,
    value_ix text not null,
    person text not null,
    primary key (scheme, value_ix)
) strict;

create table guardians (
    child text not null,
    person text not null,
    primary key (child, person)
) strict;
create index guardians_person on guardians (person);

create table waiting (
    person text not null,
    record text not null,
    primary key (person, record)
) strict;
create index waiting_record on waiting (record);

create table tasks (
    id text primary key,
    kind text not null,
    children text not null,
    detail blob not null,
    same_ix text not null,
    opened_at integer not null,
    closed_at integer
) strict;
create unique index tasks_open on tasks (same_ix) where closed_at is null;

-- Children to work out again. `first` keeps the order, `token` tells of a newer mark.
create table marks (
    child text not null,
    municipality text not null,
    first integer not null,
    token integer not null,
    primary key (child, municipality)
) strict;
create index marks_first on marks (first);

create table settled (
    child text not null,
    municipality text not null,
    token integer not null,
    next_change text,
    primary key (child, municipality)
) strict;
create index settled_next on settled (next_change);

create table answers (
    child text not null,
    municipality text not null,
    version integer not null,
    as_of text not null,
    valid_from text not null,
    made_at integer not null,
    content_ix text not null,
    answer blob not null,
    primary key (child, municipality, version)
) strict;

create table alerts (
    seq integer primary key autoincrement,
    child text not null,
    municipality text not null,
    code text not null,
    opened_at integer not null,
    closed_at integer
) strict;
create unique index alerts_open on alerts (child, municipality, code) where closed_at is null;

-- What each recipient should see and what it last acknowledged.
create table views (
    recipient text not null,
    child text not null,
    municipality text not null,
    wanted text,
    acknowledged text,
    version integer not null,
    issued integer not null,
    in_doubt integer not null,
    given_up integer not null,
    primary key (recipient, child, municipality)
) strict;

create table outbox (
    id integer primary key autoincrement,
    recipient text not null,
    child text not null,
    municipality text not null,
    event_id text not null,
    kind text not null,
    version integer not null,
    content_hash text,
    attempts integer not null,
    offers integer not null,
    not_before integer not null,
    queued_at integer not null,
    unique (recipient, child, municipality)
) strict;
create index outbox_due on outbox (recipient, not_before, id);

-- Events handed out for sending; delivered_at once the receiver has them.
create table deliveries (
    event_id text primary key,
    recipient text not null,
    child text not null,
    municipality text not null,
    version integer not null,
    kind text not null,
    offered_at integer not null,
    delivered_at integer,
    status text not null
) strict;
create index deliveries_child on deliveries (child, offered_at);
create index deliveries_recipient on deliveries (recipient, status);

create table feed (
    recipient text not null,
    position integer not null,
    event_id text not null,
    made_at integer not null,
    primary key (recipient, position)
) strict;

create table receipts (
    seq integer primary key autoincrement,
    id text not null unique,
    event_id text not null,
    status text not null,
    reason blob,
    at integer not null
) strict;
create index receipts_event on receipts (event_id);

create table dead_letters (
    seq integer primary key autoincrement,
    id text not null unique,
    direction text not null,
    system text not null,
    record text,
    event_id text,
    child text,
    municipality text,
    code text not null,
    detail blob not null,
    at integer not null,
    state text not null
) strict;
create index dead_letters_state on dead_letters (state, seq);
create index dead_letters_record on dead_letters (record);

-- The chained log and its signed checkpoints.
create table audit (
    seq integer primary key,
    at integer not null,
    kind text not null,
    child text,
    actor text not null,
    detail text not null,
    hash text not null
) strict;
create index audit_child on audit (child, seq);

create table checkpoints (
    size integer primary key,
    at integer not null,
    text text not null
) strict;

create table contacts (
    system text primary key,
    last_contact integer,
    last_error text,
    last_error_at integer
) strict;
