-- Problems that monitoring told of: one row for each problem of a source, as it is now, with the ticket it opened last.
-- `version` is the optimistic lock of those who judge two mails about it at once.
create table alert (
  desk text not null,
  source text not null,
  key text not null,
  reference text,
  ticket bigint,
  state text not null check (state in ('problem', 'recovered')),
  severity text not null,
  title text not null,
  repeats integer not null,
  flaps integer not null,
  turns timestamptz[] not null,
  flapping boolean not null,
  since timestamptz not null,
  stated_at timestamptz,
  seen_at timestamptz not null,
  version integer not null,
  primary key (desk, source, key)
);
create index alert_reference on alert (desk, source, reference) where reference is not null;
create index alert_open on alert (desk, since) where state = 'problem';
