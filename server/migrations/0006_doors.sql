-- 1 when a text was given up because its code was void by then; `done_at` says when.
alter table outbox add column expired bigint not null default 0;

-- How often somebody tried today to be recognised: one row per proven phone and one per ID number, both as keyed hashes.
create table identity_tries (
  subject text primary key,
  day text not null,
  tries bigint not null
);
