-- All state of a gateway. Every table of a desk has the desk first in its key, so that desks can be spread over machines.
-- Instants are handed in by the application (one reading of the database's clock a turn); no statement of the domain calls now().

create table instance (
  key text primary key,
  value text not null
);

-- The original bytes of a mail, before anything else happens to it. `identity` is the SHA-256 of the mail without its trace fields:
-- the same mail by two ways is one row. Mails over 1 MB continue in raw_chunk.
create table raw_mail (
  id bigint generated always as identity primary key,
  identity bytea not null unique,
  sha256 bytea not null,
  size integer not null,
  stored_at timestamptz not null,
  bytes bytea,
  purged_at timestamptz
);
alter table raw_mail alter column bytes set storage external;

create table raw_chunk (
  raw bigint not null references raw_mail (id) on delete cascade,
  seq integer not null,
  bytes bytea not null,
  primary key (raw, seq)
);
alter table raw_chunk alter column bytes set storage external;

-- How a mail reached us; one row a way. source_id is unique at the source, so a second look at a mailbox finds it again.
create table receipt (
  id bigint generated always as identity primary key,
  source_id text not null unique,
  raw bigint not null references raw_mail (id),
  source text not null,
  account text not null,
  mail_from text,
  rcpt_to text[] not null,
  ip text,
  helo text,
  auth_user text,
  received_at timestamptz not null
);
create index receipt_raw on receipt (raw);

-- The work: one row a desk and mail. `attempt` fences the worker that claimed it; there is no state "processing".
create table inbound (
  desk text not null,
  raw bigint not null references raw_mail (id),
  receipt bigint not null references receipt (id),
  received_at timestamptz not null,
  state text not null default 'waiting' check (state in ('waiting', 'done', 'parked')),
  attempt integer not null default 0,
  next_attempt_at timestamptz not null,
  size integer not null,
  outcome text,
  ticket bigint,
  trail jsonb,
  -- Set when a person released the mail from a hold: { as, by, hold }; the next attempt judges it with that.
  release jsonb,
  authentication jsonb,
  message_id text,
  sender text,
  subject text,
  error text,
  settled_at timestamptz,
  primary key (desk, raw)
);
create index inbound_due on inbound (next_attempt_at, raw) where state = 'waiting';
create index inbound_settled on inbound (desk, settled_at desc);
create index inbound_parked on inbound (desk, raw) where state = 'parked';

create table desk_counter (
  desk text primary key,
  next_ticket bigint not null default 1,
  next_person bigint not null default 1,
  next_outbound bigint not null default 1,
  next_hold bigint not null default 1
);

create table organisation (
  desk text not null,
  key text not null,
  name text not null,
  attributes jsonb not null default '{}',
  domains text[] not null default '{}',
  primary key (desk, key)
);

create table contact (
  desk text not null,
  id bigint generated always as identity,
  key text not null,
  name text not null,
  language text,
  phone text,
  attributes jsonb not null default '{}',
  organisation text,
  active boolean not null default true,
  primary key (desk, id),
  unique (desk, key)
);

-- An address that wrote or was written to. `contact` is set when the desk has registered it.
create table person (
  desk text not null,
  id bigint not null,
  address text not null,
  name text not null default '',
  language text,
  contact bigint,
  blocked_until timestamptz,
  created_at timestamptz not null,
  primary key (desk, id),
  unique (desk, address)
);
create index person_contact on person (desk, contact) where contact is not null;

create table ticket (
  desk text not null,
  number bigint not null,
  version integer not null default 1,
  subject text not null,
  status text not null,
  status_kind text not null,
  priority text not null,
  priority_rank integer not null,
  type text not null,
  queue text not null,
  assignee text,
  requester bigint not null,
  language text not null,
  channel text not null,
  fields jsonb not null default '{}',
  tags text[] not null default '{}',
  merged_into bigint,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  first_response_at timestamptz,
  solved_at timestamptz,
  closed_at timestamptz,
  last_customer_at timestamptz,
  last_agent_at timestamptz,
  last_agent text,
  reopens integer not null default 0,
  primary key (desk, number)
);
create index ticket_requester on ticket (desk, requester, number desc);
create index ticket_open on ticket (desk, status_kind, updated_at) where status_kind <> 'closed';
create index ticket_created on ticket (desk, created_at);

create table participant (
  desk text not null,
  ticket bigint not null,
  person bigint not null,
  role text not null check (role in ('requester', 'participant')),
  muted boolean not null default false,
  added_at timestamptz not null,
  primary key (desk, ticket, person)
);
create index participant_person on participant (desk, person, ticket desc);

-- The history. `public` is what a ticket's people may see.
create table entry (
  desk text not null,
  id bigint generated always as identity,
  ticket bigint not null,
  kind text not null,
  public boolean not null,
  author text,
  author_name text not null default '',
  text text not null default '',
  quoted text not null default '',
  signature text not null default '',
  data jsonb not null default '{}',
  raw bigint,
  created_at timestamptz not null,
  primary key (desk, id)
);
create index entry_ticket on entry (desk, ticket, id desc);

-- Attachments by content; their bytes stand once, in the raw mail.
create table attachment (
  desk text not null,
  entry bigint not null,
  seq integer not null,
  ticket bigint not null,
  filename text,
  content_type text not null,
  size integer not null,
  sha256 bytea not null,
  inline boolean not null,
  content_id text,
  raw bigint,
  part integer not null,
  primary key (desk, entry, seq)
);
create index attachment_content on attachment (desk, sha256);

-- Message-IDs of mails that belong to a ticket, ours and theirs, by SHA-256 (ids may be of any length).
create table message_ref (
  desk text not null,
  id_hash bytea not null,
  ticket bigint not null,
  message_id text not null,
  ours boolean not null,
  person bigint,
  created_at timestamptz not null,
  primary key (desk, id_hash, ticket)
);
create index message_ref_ticket on message_ref (desk, ticket, created_at desc);

create table ticket_link (
  desk text not null,
  ticket bigint not null,
  to_desk text not null,
  to_ticket bigint not null,
  kind text not null,
  created_at timestamptz not null,
  primary key (desk, ticket, to_desk, to_ticket, kind)
);
create index ticket_link_back on ticket_link (to_desk, to_ticket);

create table clock (
  desk text not null,
  ticket bigint not null,
  name text not null,
  state text not null check (state in ('running', 'paused', 'stopped')),
  started_at timestamptz not null,
  running_since timestamptz,
  counted_ms bigint not null default 0,
  intervals jsonb not null default '[]',
  target_ms bigint not null,
  due_at timestamptz,
  stage text not null default 'counting',
  rounds integer not null default 0,
  primary key (desk, ticket, name)
);
create index clock_due on clock (due_at) where due_at is not null;

create table hold (
  desk text not null,
  id bigint not null,
  raw bigint,
  reason text not null,
  why text not null,
  ticket bigint,
  release text not null,
  author text,
  sender text,
  subject text,
  state text not null default 'open' check (state in ('open', 'released', 'discarded')),
  created_at timestamptz not null,
  settled_at timestamptz,
  settled_by text,
  primary key (desk, id)
);
create index hold_open on hold (desk, created_at) where state = 'open';
create index hold_raw on hold (desk, raw);

-- Outgoing mail as finished bytes. `phase` is committed before the first byte of the body leaves: 'data' means nobody can know (RFC 1047).
create table outbound (
  desk text not null,
  id bigint not null,
  ticket bigint,
  person bigint not null,
  recipient text not null,
  envelope_from text not null,
  message_id text not null,
  subject text not null,
  template text not null,
  automatic boolean not null,
  author text,
  raw bigint,
  bytes bytea not null,
  state text not null default 'queued' check (state in ('queued', 'sent', 'uncertain', 'delayed', 'bounced', 'dead', 'suppressed', 'held')),
  phase text not null default 'idle' check (phase in ('idle', 'data')),
  attempt integer not null default 0,
  next_attempt_at timestamptz,
  lease_until timestamptz,
  response text,
  reason text,
  created_at timestamptz not null,
  sent_at timestamptz,
  primary key (desk, id)
);
alter table outbound alter column bytes set storage external;
create index outbound_due on outbound (next_attempt_at) where state in ('queued', 'delayed');
create index outbound_ticket on outbound (desk, ticket, id desc);
create index outbound_trouble on outbound (desk, state) where state in ('uncertain', 'delayed', 'bounced', 'dead', 'held');

-- What was told once: a key per mail that must not be repeated.
create table told (
  desk text not null,
  key text not null,
  created_at timestamptz not null,
  primary key (desk, key)
);

-- Token buckets of automatic mail, shared by all workers. `tokens` as of `refilled_at`.
create table budget (
  desk text not null,
  key text not null,
  tokens double precision not null,
  refilled_at timestamptz not null,
  primary key (desk, key)
);

-- What a mailbox has shown us. `uids` of the folder that are stored are receipts; this is the mailbox's own state.
create table mailbox (
  account text not null,
  folder text not null,
  uid_validity bigint not null,
  first_uid bigint not null,
  last_uid bigint not null,
  last_seen_at timestamptz,
  last_error text,
  failing_since timestamptz,
  primary key (account, folder, uid_validity)
);

-- UIDs that were settled without a receipt of their own (gone before fetch, older than the start).
create table mailbox_uid (
  account text not null,
  folder text not null,
  uid_validity bigint not null,
  uid bigint not null,
  state text not null,
  noted_at timestamptz not null,
  primary key (account, folder, uid_validity, uid)
);
