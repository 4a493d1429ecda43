-- What the registry's feed brings. Money is whole fen, moments are milliseconds since 1970 UTC, days are ISO dates.
-- Columns named "sealed" in the comments hold AES-256-GCM text; "…_hash" columns are keyed hashes for look-up.

create table persons (
  id text primary key, -- keyed hash of the ID number
  name text not null, -- sealed
  id_number text not null, -- sealed
  updated_at bigint not null
);

create table organisations (
  id text primary key, -- unified social credit code
  name text not null,
  updated_at bigint not null
);

create table licences (
  person_id text primary key,
  file_number text not null, -- sealed
  file_hash text not null,
  classes text not null, -- codes, separated by spaces
  states text not null, -- codes, separated by spaces
  first_issued text not null,
  valid_until text,
  full_marks text not null, -- days on which 12 points were reached, separated by spaces
  updated_at bigint not null
);

create table points_entries (
  person_id text not null,
  id text not null,
  occurred_on text not null,
  points bigint not null,
  fine_paid bigint not null,
  updated_at bigint not null,
  primary key (person_id, id)
);

create table vehicles (
  id text primary key,
  plate text not null,
  kind text not null,
  usage text not null,
  states text not null, -- codes, separated by spaces
  owner_kind text not null, -- person, organisation
  owner_id text not null,
  updated_at bigint not null
);
create index vehicles_by_plate on vehicles (plate);
create index vehicles_by_owner on vehicles (owner_id);

create table bindings (
  person_id text not null,
  id text not null,
  vehicle_id text not null,
  since bigint not null,
  until bigint, -- none while it holds
  updated_at bigint not null,
  primary key (person_id, id)
);
create index bindings_by_vehicle on bindings (vehicle_id);

create table leases (
  vehicle_id text not null,
  id text not null,
  registered_at bigint not null,
  starts_at bigint not null,
  ends_at bigint not null,
  updated_at bigint not null,
  primary key (vehicle_id, id)
);

create table lease_drivers (
  person_id text not null,
  vehicle_id text not null,
  lease_id text not null,
  role text not null, -- lessee, filed-driver
  primary key (person_id, vehicle_id, lease_id)
);
create index lease_drivers_by_lease on lease_drivers (vehicle_id, lease_id);

create table camera_records (
  vehicle_id text not null,
  id text not null,
  code text not null,
  location text not null,
  region text not null,
  violated_at bigint not null,
  capture text not null,
  penalty text not null,
  fine bigint not null,
  points bigint not null, -- under the table of the day of the act
  evidence text, -- name of the picture in the evidence directory
  registry_state text not null, -- unprocessed, processed-elsewhere
  registry_disputed bigint not null,
  updated_at bigint not null,
  state text not null, -- unprocessed, held, processed, processed-elsewhere
  disputed bigint not null, -- marked here
  held_person text,
  held_order text,
  primary key (vehicle_id, id)
);
create index camera_records_by_state on camera_records (vehicle_id, state, violated_at);

-- How far each feed file was read, so that an import goes on where it stopped.
create table feed_files (
  name text primary key,
  fingerprint text not null, -- of the first bytes: another file under an old name starts anew
  bytes_read bigint not null,
  lines_read bigint not null,
  side_bytes bigint not null, -- length of the file of rejected lines
  accepted bigint not null,
  outdated bigint not null,
  rejected bigint not null,
  finished_at bigint
);

create table synchronisation (
  id bigint primary key,
  synced_at bigint not null -- the newest fact's own time
);
