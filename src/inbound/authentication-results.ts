// Authentication-Results fields as RFC 8601 §2.2 writes them: comments, folding, quoted strings, versions. One pass over the
// text, no regular expression that could go back and forth.

export interface MethodResult {
  /** Lower case, e.g. 'dmarc'. */
  readonly method: string
  /** Lower case, e.g. 'pass'. */
  readonly result: string
  /** `header.from` → value, names in lower case; of two equal ones the first holds. */
  readonly properties: ReadonlyMap<string, string>
}

export interface AuthenticationResults {
  /** Lower case. */
  readonly authservId: string
  readonly results: readonly MethodResult[]
}

const MAX_LENGTH = 16_384
const MAX_TOKENS = 2000

type Token =
  | { readonly kind: 'text'; readonly text: string; readonly quoted: boolean }
  | { readonly kind: ';' | '=' | '/' }

/** Comments fall away (RFC 5322 §3.2.2, nested); null: a quote or comment is not closed. */
function tokens(value: string): Token[] | null {
  const found: Token[] = []
  let text = ''
  const flush = () => {
    if (text !== '') found.push({ kind: 'text', text, quoted: false })
    text = ''
  }
  for (let i = 0; i < value.length; i++) {
    const char = value[i] ?? ''
    if (found.length > MAX_TOKENS) return null
    if (char === '(') {
      flush()
      let depth = 1
      while (depth > 0) {
        const next = value[++i]
        if (next === undefined) return null
        if (next === '\\') i++
        else if (next === '(') depth++
        else if (next === ')') depth--
      }
    } else if (char === '"') {
      flush()
      let quoted = ''
      for (;;) {
        const next = value[++i]
        if (next === undefined) return null
        if (next === '"') break
        quoted += next === '\\' ? (value[++i] ?? '') : next
      }
      found.push({ kind: 'text', text: quoted, quoted: true })
    } else if (char === ';' || char === '=') {
      flush()
      found.push({ kind: char })
    } else if (/\s/.test(char)) flush()
    else text += char
  }
  flush()
  return found
}

/** Reads one field's unfolded, undecoded value. null: it is none, and nothing of it may be used. */
export function parseAuthenticationResults(value: string): AuthenticationResults | null {
  if (value.length > MAX_LENGTH) return null
  const all = tokens(value)
  if (all === null) return null
  const clauses: Token[][] = [[]]
  for (const token of all) {
    if (token.kind === ';') clauses.push([])
    else clauses[clauses.length - 1]?.push(token)
  }
  const [head, ...rest] = clauses
  const [id, version, ...more] = head ?? []
  if (id?.kind !== 'text' || more.length > 0) return null
  // A version may follow the id, and nothing else (`mx.example pass` is no id).
  if (version !== undefined && (version.kind !== 'text' || !/^\d{1,4}$/.test(version.text))) return null
  const results: MethodResult[] = []
  for (const clause of rest) {
    const read = readClause(clause)
    if (read !== null) results.push(read)
  }
  return { authservId: id.text.toLowerCase(), results }
}

/** `dkim/1=pass reason="…" header.d=example.org`; null: `none`, empty, or nothing that can be understood. */
function readClause(clause: readonly Token[]): MethodResult | null {
  const [method, equals, result] = clause
  if (method?.kind !== 'text' || method.quoted || equals?.kind !== '=' || result?.kind !== 'text') return null
  const properties = new Map<string, string>()
  for (let i = 3; i + 2 < clause.length + 1; i++) {
    const name = clause[i]
    const value = clause[i + 2]
    if (name?.kind !== 'text' || clause[i + 1]?.kind !== '=' || value?.kind !== 'text') continue
    const key = name.text.toLowerCase()
    if (!properties.has(key)) properties.set(key, value.text)
    i += 2
  }
  return {
    method: (method.text.split('/', 1)[0] ?? '').toLowerCase(),
    result: result.text.toLowerCase(),
    properties,
  }
}
