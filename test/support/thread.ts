// A yardstick: conversations out of ids and subjects, as RFC 5256 THREAD=REFERENCES and THREAD=ORDEREDSUBJECT define them. The gateway
// files by signed marks and by people, which no reference proves; for mails of one person that come in their order both agree. Loops of
// references, two mails with one Message-ID, parents that come late or never: none of them stops it or loses a mail. Linear but for
// the sorting.

/** What threading looks at; `key` is the caller's own. `order` breaks ties, e.g. the place in the mailbox. */
export interface ThreadedMail {
  readonly key: number
  readonly messageId: string | null
  readonly references: readonly string[]
  readonly inReplyTo: readonly string[]
  readonly subject: string
  readonly date: Date | null
  readonly order: number
}

/** One node; `key` is null for a mail that others refer to and that never came. */
export interface ThreadNode {
  readonly key: number | null
  readonly children: readonly ThreadNode[]
}

interface Container {
  mail: ThreadedMail | null
  parent: Container | null
  children: Container[]
}

/**
 * RFC 5256 §3. As `imap` defines it, threads of equal base subject are joined (step 5) and of two mails with one Message-ID
 * the second stands for itself. For a `desk` a subject proves nothing, and a second copy belongs to the first.
 */
export function threadByReferences(mails: readonly ThreadedMail[], mode: 'imap' | 'desk'): ThreadNode[] {
  const containers = new Map<string, Container>()
  const all: Container[] = []
  const byId = (id: string): Container => {
    const known = containers.get(id)
    if (known !== undefined) return known
    const made: Container = { mail: null, parent: null, children: [] }
    containers.set(id, made)
    all.push(made)
    return made
  }
  // Of references that contradict each other the first mail's count: in a mailbox that is its order, whatever the caller's.
  const sequence = mode === 'imap' ? [...mails].sort((a, b) => a.order - b.order) : mails
  for (const mail of sequence) {
    const taken = mail.messageId === null ? undefined : containers.get(mail.messageId)
    let own: Container
    if (mail.messageId !== null && (taken === undefined || taken.mail === null)) own = byId(mail.messageId)
    else {
      // No id, or one that another mail has: it stands for itself and nothing can refer to it.
      own = { mail: null, parent: null, children: [] }
      all.push(own)
    }
    own.mail = mail
    const references = mail.references.length > 0 ? mail.references : mail.inReplyTo.slice(0, 1)
    let previous: Container | null = null
    for (const id of references) {
      const next = byId(id)
      if (previous !== null && next.parent === null && !isAncestor(next, previous)) adopt(previous, next)
      previous = next
    }
    // The mail's own word about its parent replaces what others only implied. RFC 5256 lets also a mail without references
    // break that link, which makes the result depend on the order of arrival.
    if (own.parent !== null && (mode === 'imap' || previous !== null)) release(own)
    if (previous !== null && !isAncestor(own, previous)) adopt(previous, own)
    if (own.parent === null && mode === 'desk' && taken !== undefined && taken !== own) adopt(taken, own)
  }
  let roots = prune(all.filter((container) => container.parent === null))
  if (mode === 'imap') roots = joinBySubject(roots.sort(compare))
  return finish(roots)
}

/** RFC 5256 §2: mails of one base subject are one thread, the earliest is the parent of all others. */
export function threadBySubject(mails: readonly ThreadedMail[]): ThreadNode[] {
  const threads = new Map<string, ThreadedMail[]>()
  for (const mail of mails) {
    const { base } = baseSubject(mail.subject)
    threads.set(base, [...(threads.get(base) ?? []), mail])
  }
  const sorted = [...threads.values()].map((group) => group.sort(compareMails))
  sorted.sort((a, b) => (a[0] === undefined || b[0] === undefined ? 0 : compareMails(a[0], b[0])))
  return sorted.flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ key: first.key, children: others.map((mail) => ({ key: mail.key, children: [] })) }],
  )
}

/** The notation of the IMAP THREAD response: `(1 (2 3)(4))`. */
export function showThreads(threads: readonly ThreadNode[]): string {
  return threads.map((thread) => `(${showNode(thread)})`).join('')
}

function showNode(node: ThreadNode): string {
  const [only] = node.children
  const below = node.children.length === 1 && only !== undefined ? showNode(only) : showThreads(node.children)
  return [node.key === null ? '' : String(node.key), below].filter((part) => part !== '').join(' ')
}

/** True when `container` is `below` or stands above it. */
function isAncestor(container: Container, below: Container): boolean {
  for (let at: Container | null = below; at !== null; at = at.parent) if (at === container) return true
  return false
}

function adopt(parent: Container, child: Container): void {
  child.parent = parent
  parent.children.push(child)
}

function release(child: Container): void {
  const parent = child.parent
  if (parent !== null) parent.children.splice(parent.children.indexOf(child), 1)
  child.parent = null
}

/** Step 3: mails that never came disappear, but for a root that holds several together. */
function prune(roots: readonly Container[]): Container[] {
  const kept: Container[] = []
  for (const root of roots) {
    flatten(root)
    if (root.mail !== null || root.children.length > 1) kept.push(root)
    else {
      for (const child of root.children) {
        child.parent = null
        kept.push(child)
      }
    }
  }
  return kept
}

/** Replaces missing mails below a root by their children, without recursion: a thread may be as deep as it is long. */
function flatten(root: Container): void {
  const order: Container[] = [root]
  for (let i = 0; i < order.length; i++) order.push(...(order[i]?.children ?? []))
  for (const container of order.reverse()) {
    container.children = container.children.flatMap((child) => {
      if (child.mail !== null) return [child]
      for (const grandchild of child.children) grandchild.parent = container
      return child.children
    })
  }
}

/** Step 5: roots of equal base subject become one thread. */
function joinBySubject(roots: readonly Container[]): Container[] {
  const table = new Map<string, Container>()
  for (const root of roots) {
    const { base, reply } = subjectOf(root)
    if (base === '') continue
    const known = table.get(base)
    if (
      known === undefined ||
      (root.mail === null && known.mail !== null) ||
      (known.mail !== null && subjectOf(known).reply && !reply)
    )
      table.set(base, root)
  }
  const merged: Container[] = []
  const gone = new Set<Container>()
  for (const root of roots) {
    if (gone.has(root)) continue
    const { base, reply } = subjectOf(root)
    const other = base === '' ? undefined : table.get(base)
    if (other === undefined || other === root) {
      merged.push(root)
      continue
    }
    if (root.mail === null && other.mail === null) for (const child of root.children) adopt(other, child)
    else if (other.mail === null || (reply && !subjectOf(other).reply)) adopt(other, root)
    else {
      const both: Container = { mail: null, parent: null, children: [] }
      adopt(both, other)
      adopt(both, root)
      gone.add(other)
      const at = merged.indexOf(other)
      if (at >= 0) merged[at] = both
      else merged.push(both)
      table.set(base, both)
    }
  }
  return merged
}

function subjectOf(container: Container): { base: string; reply: boolean } {
  return baseSubject((container.mail ?? container.children.map(firstMail)[0])?.subject ?? '')
}

function firstMail(container: Container): ThreadedMail | null {
  return container.mail ?? container.children[0]?.mail ?? null
}

/** RFC 5256 §2.1: the subject without `Re:`, `Fwd:`, `[blobs]` and `(fwd)`; `reply` when any such sign was there. */
export function baseSubject(subject: string): { base: string; reply: boolean } {
  let base = subject.slice(0, 2000).replace(/\s+/g, ' ').trim()
  let reply = false
  for (let i = 0; i < 50; i++) {
    const before = base
    const trailer = base.replace(/\s*\(fwd\)$/i, '')
    const leader = trailer.replace(/^(?:\[[^[\]]*\]\s*)*(?:re|fwd?)\s*(?:\[[^[\]]*\]\s*)?:\s*/i, '')
    reply ||= trailer !== before || leader !== trailer
    const unwrapped = /^\[fwd:(.*)\]$/i.exec(leader)?.[1]?.trim()
    reply ||= unwrapped !== undefined
    // A blob stays when it is all there is.
    const blob = (unwrapped ?? leader).replace(/^\[[^[\]]*\]\s*(?=.)/, '')
    base = blob
    if (base === before) break
  }
  return { base: base.toUpperCase(), reply }
}

function compareMails(a: ThreadedMail, b: ThreadedMail): number {
  const [first, second] = [a.date?.getTime() ?? null, b.date?.getTime() ?? null]
  return first !== null && second !== null && first !== second ? first - second : a.order - b.order
}

/** Step 4 and 6: by sent date; a missing mail counts by its first child. */
function compare(a: Container, b: Container): number {
  const [first, second] = [earliest(a), earliest(b)]
  return first === null || second === null ? 0 : compareMails(first, second)
}

function earliest(container: Container): ThreadedMail | null {
  if (container.mail !== null) return container.mail
  let first: ThreadedMail | null = null
  for (const { mail } of container.children)
    if (mail !== null && (first === null || compareMails(mail, first) < 0)) first = mail
  return first
}

function finish(roots: Container[]): ThreadNode[] {
  const order: Container[] = [...roots]
  for (let i = 0; i < order.length; i++) order.push(...(order[i]?.children ?? []))
  const built = new Map<Container, ThreadNode>()
  for (const container of order.reverse()) {
    const children = container.children.sort(compare).flatMap((child) => {
      const node = built.get(child)
      return node === undefined ? [] : [node]
    })
    built.set(container, { key: container.mail?.key ?? null, children })
  }
  return roots.sort(compare).flatMap((root) => {
    const node = built.get(root)
    return node === undefined ? [] : [node]
  })
}
