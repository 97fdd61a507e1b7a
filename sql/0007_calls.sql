-- Requests for the outside that are no mail: short messages, webhooks. They leave as mail does: queued with the decision, tried again.
create table call (
  desk text not null,
  id bigint generated always as identity,
  ticket bigint,
  kind text not null check (kind in ('sms', 'webhook')),
  target text not null,
  data jsonb not null,
  state text not null default 'queued' check (state in ('queued', 'sent', 'dead', 'suppressed')),
  attempt integer not null default 0,
  next_attempt_at timestamptz,
  reason text,
  created_at timestamptz not null,
  sent_at timestamptz,
  primary key (desk, id)
);
create index call_due on call (next_attempt_at) where state = 'queued';
create index call_ticket on call (desk, ticket) where ticket is not null;
