-- Check values of the keys that this database was written with. A program with other keys refuses to start.
-- They tell keys apart and nothing about them.
create table key_checks (
  name text primary key, -- seal:ID, receipts:ID, look-up
  value text not null,
  noted_at bigint not null
);
