-- The signed manifests of feed files that were accepted. A sequence number of a source stands for one content for good.
-- The position in a file is in feed_files, for a signed one under the name signed:SOURCE:SEQUENCE. Since this migration
-- feed_files.fingerprint is of everything that was read and not of the first bytes.
create table feed_manifests (
  source text not null,
  sequence bigint not null,
  sha256 text not null,
  length bigint not null,
  noted_at bigint not null,
  primary key (source, sequence)
);
