-- The account that marked a record as disputed here, and when; none where the registry did.
alter table camera_records add column disputed_by text;
alter table camera_records add column disputed_at bigint;
