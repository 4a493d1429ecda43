create table orders (
  person_id text not null,
  id text not null,
  number text not null unique,
  account_id text not null,
  key text not null, -- the form's idempotency key
  selection text not null, -- what the key was first used for
  vehicle_id text not null,
  plate text not null,
  place text not null,
  state text not null,
  fine bigint not null,
  points bigint not null,
  placed_at bigint not null,
  pays_until bigint not null,
  refund_reason text,
  rulebook text not null,
  primary key (person_id, id),
  unique (person_id, key)
);
create index orders_by_state on orders (state, pays_until);
create index orders_by_id on orders (id);

create table order_records (
  person_id text not null,
  order_id text not null,
  position bigint not null,
  vehicle_id text not null,
  record_id text not null,
  code text not null,
  location text not null,
  violated_at bigint not null,
  fine bigint not null,
  points bigint not null,
  held bigint not null, -- 1 while the order is open or settled, 0 once it gave the record back
  decision text, -- number of the penalty decision, once settled
  primary key (person_id, order_id, position)
);
-- At most one order holds a record, ever at a time; a settled one holds it for good.
create unique index order_records_held on order_records (vehicle_id, record_id) where held = 1;

create table order_events (
  person_id text not null,
  order_id text not null,
  seq bigint not null,
  at bigint not null,
  event text not null,
  state text not null, -- after the event
  actor text not null,
  rulebook text not null,
  facts text not null, -- JSON: what was judged; replaying it gives `verdict`
  verdict text not null, -- JSON
  primary key (person_id, order_id, seq)
);

create table payments (
  person_id text not null,
  order_id text not null,
  provider text not null,
  out_trade_no text not null unique,
  transaction_id text,
  amount bigint not null,
  state text not null, -- opening, open, captured, closed
  url text not null,
  opened_at bigint not null,
  captured_at bigint,
  primary key (person_id, order_id, out_trade_no)
);

create table refunds (
  person_id text not null,
  order_id text not null,
  out_trade_no text not null unique, -- one refund, of the whole amount, per payment
  out_refund_no text not null unique,
  amount bigint not null,
  state text not null, -- requested, done
  reason text not null,
  requested_at bigint not null,
  done_at bigint,
  primary key (person_id, order_id, out_refund_no)
);

create table notifications (
  provider text not null,
  id text not null,
  out_trade_no text not null,
  kind text not null,
  received_at bigint not null,
  primary key (provider, id)
);

-- Double entry: the amounts of one order's entries of one movement sum to zero.
create table ledger (
  person_id text not null,
  order_id text not null,
  movement text not null, -- capture, settle, refund
  account text not null, -- provider, suspense, treasury
  amount bigint not null,
  at bigint not null,
  primary key (person_id, order_id, movement, account)
);

create table receipts (
  person_id text not null,
  number text not null unique,
  order_id text not null,
  issued_at bigint not null,
  canonical text not null,
  signature text not null,
  primary key (person_id, number)
);

-- Every rulebook that ever decided something, so that a decision can be replayed.
create table rulebooks (
  version text primary key,
  body text not null,
  first_used bigint not null
);
