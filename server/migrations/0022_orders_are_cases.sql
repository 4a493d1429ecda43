-- What cases have replaced goes; what belongs to an order belongs to its case.
drop table order_events;
drop table orders;
drop index order_records_held;
alter table order_records drop column held;
alter table order_records rename column order_id to case_id;
alter table payments rename column order_id to case_id;
alter table refunds rename column order_id to case_id;
alter table ledger rename column order_id to case_id;
alter table receipts rename column order_id to case_id;
