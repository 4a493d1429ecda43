-- Every request that changes something is a case. Orders become cases of the kind `camera-order`.
create table cases (
  person_id text not null,
  id text not null,
  number text not null unique,
  account_id text not null,
  kind text not null,
  place text not null,
  state text not null,
  price bigint not null,
  placed_at bigint not null,
  deadline_at bigint, -- the case ends by itself then, unless it is past that
  key text not null, -- the form's idempotency key
  digest text not null, -- of what the key was first used for
  rulebook text not null,
  reason text, -- text key: why the money goes back
  body text not null, -- JSON with its version, typed by the kind
  primary key (person_id, id),
  unique (person_id, key)
);
create index cases_by_state on cases (state, deadline_at);
create index cases_by_id on cases (id);

create table case_events (
  person_id text not null,
  case_id text not null,
  seq bigint not null,
  at bigint not null,
  event text not null,
  state text not null, -- after the event
  actor text not null, -- an account, an officer, or clock, provider, registry
  reason text, -- the officer's words
  rulebook text not null,
  facts text not null, -- JSON: what was judged; replaying it gives `verdict`
  verdict text not null, -- JSON
  primary key (person_id, case_id, seq)
);

-- What cases hold. A resource has places; each is held by one case at a time.
create table holds (
  person_id text not null,
  case_id text not null,
  kind text not null,
  name text not null,
  slot bigint not null,
  held bigint not null, -- 1 while the case holds it, 0 once it gave it back
  primary key (person_id, case_id, kind, name)
);
create unique index holds_held on holds (kind, name, slot) where held = 1;

insert into cases (person_id, id, number, account_id, kind, place, state, price, placed_at, deadline_at, key, digest,
  rulebook, reason, body)
select person_id, id, number, account_id, 'camera-order', place, state, fine, placed_at, pays_until, key, selection,
  rulebook, refund_reason,
  '{"version":1,"vehicle":"' || vehicle_id || '","plate":"' || plate || '","agreed_at":' ||
  case when agreed_at = 0 then 'null' else cast(agreed_at as text) end ||
  ',"notice":"' || notice_version || '"}'
from orders;

insert into case_events (person_id, case_id, seq, at, event, state, actor, rulebook, facts, verdict)
select person_id, order_id, seq, at, event, state, actor, rulebook, facts, verdict from order_events;

-- Numbers of the registry have no slash.
insert into holds (person_id, case_id, kind, name, slot, held)
select person_id, order_id, 'camera-record', vehicle_id || '/' || record_id, 0, held from order_records;
