-- A payment can be made until this moment: the end of the time to pay, or the next closing of the place before that.
-- Its state may also be other-amount: the provider has `captured_amount` instead of the amount, and it goes back.
alter table payments add column expires_at bigint not null default 0;
update payments set expires_at = coalesce(
  (select o.pays_until from orders o where o.person_id = payments.person_id and o.id = payments.order_id), 0);
alter table payments add column captured_amount bigint;
create index payments_by_capture on payments (provider, captured_at);

-- Nonces of notifications: each delivery has a new one, so one that came before is a replay. Kept for a day.
create table notification_nonces (
  provider text not null,
  nonce text not null,
  received_at bigint not null,
  primary key (provider, nonce)
);
