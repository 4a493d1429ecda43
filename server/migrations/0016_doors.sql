-- An account that somebody else held for a person: it has no person any more and nobody signs in to it.
alter table accounts add column frozen_at bigint;

-- What happened to an account, for ever.
create table account_events (
  account_id text not null,
  id text not null,
  at bigint not null,
  event text not null, -- created, frozen
  person_id text not null, -- whose account it was at the time
  by_account text not null, -- the account that caused it
  address text not null, -- keyed hash of the address that it was done from
  primary key (account_id, id)
);

-- Tries that slow down what comes after them, by subject: a keyed hash of who tries, and what.
drop table identity_tries;
create table tries (
  subject text primary key,
  tries bigint not null,
  last_at bigint not null,
  next_at bigint not null -- no try before
);
create index tries_by_last on tries (last_at);

-- A text is of no use after this; none for what is no text.
alter table outbox add column valid_until bigint;

create index sessions_by_seen on sessions (seen_at);
create index sessions_by_began on sessions (began_at);
