-- What agents said of themselves by mail; it goes before what the desk's YAML says of them. `away` null: as the YAML says.
create table staff_setting (
  desk text not null,
  address text not null,
  away jsonb,
  digest text check (digest in ('none', 'daily')),
  primary key (desk, address)
);
