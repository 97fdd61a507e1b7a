-- Tickets that belong together: those that wait for the same outside reference, an incident and its members, an agent's latest.
create index ticket_reference on ticket (desk, lower(fields ->> 'reference')) where fields ->> 'reference' is not null;
create index ticket_incident on ticket (desk, number) where fields ->> 'incident' = 'open';
create index ticket_assignee on ticket (desk, assignee, number desc) where assignee is not null;

-- An organisation is known by the domains of its people's addresses.
create index organisation_domain on organisation using gin (domains);

-- Senders and subjects whose mail opens nothing any more, as agents said by mail; those of the desk's YAML stand there.
create table ban (
  desk text not null,
  kind text not null check (kind in ('address', 'subject')),
  value text not null,
  created_at timestamptz not null,
  created_by text not null,
  primary key (desk, kind, value)
);
