-- What a desk tells many of its contacts: one row an announcement, one a recipient. Recipients are fixed when it is ordered; whoever
-- has no mail yet is `waiting`, so that sending goes on where it ended.
create table announcement (
  desk text not null,
  id bigint generated always as identity,
  title text not null,
  text text not null,
  filter jsonb not null,
  ordered_by text not null,
  recipients integer not null,
  state text not null default 'sending' check (state in ('sending', 'sent', 'stopped')),
  created_at timestamptz not null,
  finished_at timestamptz,
  told_at timestamptz,
  primary key (desk, id)
);
create index announcement_sending on announcement (desk, id) where told_at is null;

create table announcement_recipient (
  desk text not null,
  announcement bigint not null,
  person bigint not null,
  address text not null,
  outbound bigint,
  queued_at timestamptz,
  primary key (desk, announcement, person)
);
create index announcement_waiting on announcement_recipient (desk, announcement, person) where queued_at is null;
create index announcement_lately on announcement_recipient (desk, queued_at) where queued_at is not null;
