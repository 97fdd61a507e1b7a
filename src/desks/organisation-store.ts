// SQL of organisations by the domains of their people.

import type { Queryable } from '../db/pool.ts'
import type { Organisation } from './person.ts'

/** The organisation of each domain; a domain that several organisations name is nobody's. */
export async function findOrganisationsByDomain(
  sql: Queryable,
  wanted: readonly { readonly desk: string; readonly domain: string }[],
): Promise<{ readonly desk: string; readonly domain: string; readonly organisation: Organisation }[]> {
  if (wanted.length === 0) return []
  const rows = await sql<{ desk: string; domain: string; organisation: Organisation; count: number }[]>`
    select q.desk, q.domain, count(*)::int as count,
      (array_agg(json_build_object('key', o.key, 'name', o.name, 'attributes', o.attributes, 'domains', o.domains)))[1] as organisation
    from (select distinct * from unnest(${wanted.map((w) => w.desk)}::text[], ${wanted.map((w) => w.domain)}::text[])) as q (desk, domain)
    join organisation o on o.desk = q.desk and o.domains @> array[q.domain]
    group by q.desk, q.domain`
  return rows.filter((row) => row.count === 1)
}
