-- When the provider is asked next, when it was asked last, and how often: who never answers makes room for others.
alter table payments add column next_ask_at bigint not null default 0;
alter table payments add column asked_at bigint not null default 0;
alter table payments add column asks bigint not null default 0;
create index payments_to_ask on payments (next_ask_at) where state in ('opening', 'open');

-- State of a refund: requested, abnormal (an operator must see to it), done.
alter table refunds add column next_ask_at bigint not null default 0;
alter table refunds add column asks bigint not null default 0; -- under its present number
alter table refunds add column tries bigint not null default 1; -- numbers used: one that the provider closed is spent
create index refunds_to_ask on refunds (next_ask_at) where state <> 'done';
