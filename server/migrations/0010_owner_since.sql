-- Since when the owner has the vehicle, in milliseconds; none where the registry does not tell it. What happened before is
-- not shown to this owner.
alter table vehicles add column owner_since bigint;
