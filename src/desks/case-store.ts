// SQL of solved cases: remembered when a ticket is solved, looked for when one is opened. Words are weighed by how rare they are in
// the cases of the desk; one statement finds the cases for a whole batch of mails.

import type { Queryable } from '../db/pool.ts'
import type { Tx } from '../db/transaction.ts'
import { storableJson } from '../mail/storable.ts'
import { searchConfiguration, searchedText } from './case-base.ts'

export interface CaseKey {
  readonly desk: string
  readonly ticket: number
}

export interface NewCase extends CaseKey {
  readonly language: string
  readonly subject: string
  /** What the customer wrote first. */
  readonly problem: string
  readonly resolution: string
}

/** What the first mail of tickets said, by `desk ticket`. */
export async function findProblems(sql: Queryable, keys: readonly CaseKey[]): Promise<Map<string, string>> {
  if (keys.length === 0) return new Map()
  const rows = await sql<{ desk: string; ticket: number; text: string }[]>`
    select q.desk, q.ticket, e.text from json_to_recordset(${JSON.stringify(keys)}::text::json) as q (desk text, ticket bigint)
    cross join lateral (
      select left(text, 8000) as text from entry e where e.desk = q.desk and e.ticket = q.ticket and e.kind in ('customer', 'report') order by e.id limit 1
    ) e`
  return new Map(rows.map((row) => [`${row.desk} ${row.ticket}`, row.text]))
}

/** Forgets cases: their tickets are open again. */
export async function forgetCases(tx: Tx, keys: readonly CaseKey[]): Promise<void> {
  if (keys.length === 0) return
  await tx`
    with gone as (
      delete from solved_case c using json_to_recordset(${JSON.stringify(keys)}::text::json) as q (desk text, ticket bigint)
      where c.desk = q.desk and c.ticket = q.ticket returning c.desk, c.language, c.words
    ), words as (
      select desk, language, w.lexeme as word, count(*)::int as cases from gone, unnest(gone.words) w group by 1, 2, 3 order by 1, 2, 3
    )
    update case_word k set cases = greatest(0, k.cases - words.cases)
    from words where k.desk = words.desk and k.language = words.language and k.word = words.word`
}

/** Remembers cases, in place of what was remembered of their tickets. */
export async function rememberCases(tx: Tx, cases: readonly NewCase[], now: Date): Promise<void> {
  if (cases.length === 0) return
  await forgetCases(tx, cases)
  const rows = cases.map((c) => ({
    desk: c.desk,
    ticket: c.ticket,
    language: c.language,
    config: searchConfiguration(c.language),
    subject: c.subject.slice(0, 500),
    resolution: c.resolution.slice(0, 4000),
    heads: searchedText(c.subject),
    problem: searchedText(c.problem),
    solution: searchedText(c.resolution),
  }))
  await tx`
    with fresh as (
      insert into solved_case (desk, ticket, language, subject, resolution, solved_at, words)
      select desk, ticket, language, subject, resolution, ${now},
        setweight(to_tsvector(config::regconfig, heads), 'A') || setweight(to_tsvector(config::regconfig, problem), 'B') || setweight(to_tsvector(config::regconfig, solution), 'C')
      from json_to_recordset(${storableJson(rows)}::text::json) as n (desk text, ticket bigint, language text, config text, subject text, resolution text, heads text, problem text, solution text)
      returning desk, language, words
    )
    insert into case_word as k (desk, language, word, cases)
    select desk, language, w.lexeme, count(*)::int from fresh, unnest(fresh.words) w where length(w.lexeme) <= 100 group by 1, 2, 3 order by 1, 2, 3
    on conflict (desk, language, word) do update set cases = k.cases + excluded.cases`
}

export interface CaseQuestion {
  readonly desk: string
  readonly language: string
  readonly text: string
  /** At most so many. */
  readonly most: number
}

export interface CaseFound {
  readonly number: number
  readonly subject: string
  readonly resolution: string
}

/** Rarest words of a text by which cases are looked up, cases that are weighed for a text, and what a text must have in common. */
const LOOKED_UP = 12
const WEIGHED = 400
const LEAST_SHARE = 0.2

/** For each text the cases that have most in common with it, the best first, in the order asked. */
export async function findSimilarCases(sql: Queryable, questions: readonly CaseQuestion[]): Promise<CaseFound[][]> {
  if (questions.length === 0) return []
  const asked = questions.map((q, n) => ({
    n,
    desk: q.desk,
    language: q.language,
    config: searchConfiguration(q.language),
    text: searchedText(q.text),
  }))
  const rows = await sql<(CaseFound & { n: number })[]>`
    with asked as (
      select * from json_to_recordset(${JSON.stringify(asked)}::text::json) as q (n int, desk text, language text, config text, text text)
    ), word as materialized (
      select a.n, a.desk, a.language, l.lexeme, ln(1 + 1000.0 / k.cases) as weight
      from asked a cross join lateral unnest(to_tsvector(a.config::regconfig, a.text)) l
      join case_word k on k.desk = a.desk and k.language = a.language and k.word = l.lexeme and k.cases > 0
      where l.lexeme ~ '^[[:alnum:]]+$'
    ), ranked as (
      select *, row_number() over (partition by n order by weight desc, lexeme) as place from word
    ), query as (
      select n, desk, language, string_agg(quote_literal(lexeme), ' | ')::tsquery as any_of from ranked where place <= ${LOOKED_UP} group by n, desk, language
    ), candidate as (
      select q.n, c.* from query q cross join lateral (
        select c.ticket, c.subject, c.resolution, c.words from solved_case c
        where c.desk = q.desk and c.language = q.language and c.words @@ q.any_of order by c.solved_at desc limit ${WEIGHED}
      ) c
    ), scored as (
      select c.n, c.ticket, c.subject, c.resolution, count(*) as shared,
        sum(w.weight * (case when 'A' = any (l.weights) then 1.4 when 'B' = any (l.weights) then 1.0 else 0.7 end)) / power(length(c.words), 0.2) as score,
        sum(w.weight) as mass
      from candidate c cross join lateral unnest(c.words) l join word w on w.n = c.n and w.lexeme = l.lexeme
      group by c.n, c.ticket, c.subject, c.resolution, c.words
    ), whole as (select n, sum(weight) as mass from word group by n)
    select s.n, s.ticket as number, s.subject, s.resolution from scored s join whole on whole.n = s.n
    where s.shared >= 2 and s.mass >= whole.mass * ${LEAST_SHARE}
    order by s.n, s.score desc, s.ticket desc`
  return questions.map(({ most }, n) =>
    rows
      .filter((row) => row.n === n)
      .slice(0, most)
      .map(({ number, subject, resolution }) => ({ number, subject, resolution })),
  )
}
