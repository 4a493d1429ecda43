-- The provider's bill of each day, as it came, and its lines.
create table bills (
  provider text not null,
  day text not null, -- ISO date, China's time
  fetched_at bigint not null,
  hash text not null, -- SHA-1 of the text, signed by the provider; empty where the provider had no bill
  body text not null,
  primary key (provider, day)
);

create table bill_lines (
  provider text not null,
  kind text not null, -- payment, refund
  number text not null, -- ours: out_trade_no, out_refund_no
  day text not null,
  amount bigint not null,
  primary key (provider, kind, number, day)
);
create index bill_lines_by_day on bill_lines (provider, day);

-- What the bill and our books say differently of the day; replaced whenever the day is compared again.
create table bill_differences (
  provider text not null,
  day text not null,
  difference text not null, -- missing-here, missing-there, other-amount
  kind text not null,
  number text not null,
  ours bigint, -- none where it is missing here
  theirs bigint, -- none where it is missing there
  primary key (provider, day, kind, number)
);
