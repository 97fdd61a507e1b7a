-- Solved cases as they are searched: the words of subject, problem and resolution, by the language they were written in.
create table solved_case (
  desk text not null,
  ticket bigint not null,
  language text not null,
  subject text not null,
  resolution text not null,
  solved_at timestamptz not null,
  words tsvector not null,
  primary key (desk, ticket)
);
create index solved_case_words on solved_case using gin (words);

-- In how many cases of a desk a word stands: rare words tell cases apart.
create table case_word (
  desk text not null,
  language text not null,
  word text not null,
  cases integer not null,
  primary key (desk, language, word)
);
