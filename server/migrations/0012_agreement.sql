-- When the person agreed to the notice, and to which version of it. Orders of before have neither.
alter table orders add column agreed_at bigint not null default 0;
alter table orders add column notice_version text not null default '';
