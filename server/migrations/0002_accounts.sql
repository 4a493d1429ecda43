create table accounts (
  id text primary key,
  phone_hash text not null unique,
  phone text not null, -- sealed
  person_id text unique,
  password text not null, -- argon2id
  identity text not null, -- phone, real-person
  created_at bigint not null
);

create table sessions (
  id text primary key,
  token_hash text not null unique,
  account_id text not null,
  began_at bigint not null,
  seen_at bigint not null,
  device text not null
);
create index sessions_by_account on sessions (account_id);

create table sms_codes (
  id text primary key,
  purpose text not null,
  phone_hash text not null,
  bound_to text not null, -- what exactly the code confirms
  code_hash text not null,
  sent_at bigint not null,
  valid_until bigint not null,
  tries_left bigint not null,
  used_at bigint
);
create index sms_codes_by_phone on sms_codes (phone_hash, sent_at);

-- One row per phone and purpose and one per address: a code goes out only by moving such a row on.
create table sms_allowances (
  subject text primary key,
  day text not null,
  sent_today bigint not null,
  last_sent bigint not null
);

-- Effects that leave the program: written with the change that causes them, sent by a worker.
create table outbox (
  id text primary key,
  kind text not null, -- sms, open-payment, close-payment, refund
  recipient text not null, -- sealed phone, or the payment's number
  body text not null, -- sealed text, or JSON
  created_at bigint not null,
  due_at bigint not null,
  attempts bigint not null,
  claimed_until bigint not null,
  done_at bigint
);
create index outbox_open on outbox (done_at, due_at);
