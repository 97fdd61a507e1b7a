// Message identifiers in Message-ID, In-Reply-To and References. RFC 5322 §3.6.4, read leniently: ids without brackets, ids
// broken by folding, comments and phrases around them.

const MAX_IDS = 200
const MAX_ID_LENGTH = 998

/** The ids of a value in order, without angle brackets, each once. Of more than 200 the first and the newest 199 are kept. */
export function parseMessageIds(raw: string): string[] {
  const ids: string[] = []
  const seen = new Set<string>()
  const add = (text: string) => {
    const id = text.replace(/\s+/g, '')
    if (id === '' || id.length > MAX_ID_LENGTH || seen.has(id)) return
    seen.add(id)
    ids.push(id)
  }
  if (raw.includes('<')) for (const found of raw.matchAll(/<([^<>]{1,2000})>?/g)) add(found[1] ?? '')
  else for (const word of raw.split(/[\s,]+/)) if (word.includes('@')) add(word)
  const [first] = ids
  return first !== undefined && ids.length > MAX_IDS ? [first, ...ids.slice(1 - MAX_IDS)] : ids
}

/** The id of a Message-ID value; null when it holds none. */
export function parseMessageId(raw: string): string | null {
  const bare = raw.trim()
  return (
    parseMessageIds(raw)[0] ??
    (bare === '' || /\s/.test(bare) || bare.length > MAX_ID_LENGTH ? null : bare.replace(/[<>]/g, '') || null)
  )
}
