-- Links that no longer open a page: those of a desk, a ticket (0: all) and a person (0: all) that were issued before a day
-- (days since 2020-01-01 UTC, as tokens write it). Rows older than the longest life of a link may go.
create table link_revoked (
  desk text not null,
  ticket bigint not null,
  person bigint not null,
  before_day integer not null,
  revoked_at timestamptz not null,
  revoked_by text not null,
  primary key (desk, ticket, person)
);

-- What the supervisors' pages ask, without reading whole tables.
create index ticket_closed on ticket (desk, closed_at) where closed_at is not null;
create index clock_trouble on clock (desk, ticket) where stage <> 'counting' and state <> 'stopped';
create index outbound_suppressed on outbound (desk, created_at) where state = 'suppressed';
