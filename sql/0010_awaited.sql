-- A mail that a ticket's first mail answers and that has not come: when it comes, or another answer to it does, they belong together.
alter table message_ref add column awaited boolean not null default false;
