-- Notices of the provider are forgotten by age.
create index notifications_by_age on notifications (received_at);
