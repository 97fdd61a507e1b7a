-- What was found in a held mail, as { code, values }: it is said in the language of whoever is told. Null: `why` alone.
alter table hold add column finding jsonb;
