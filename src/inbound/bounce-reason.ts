// What a mailer's diagnostic means: SMTP reply code, enhanced status (RFC 3463), for good or for now, and whether the address
// is dead. Words decide where codes are vague (5.0.0, 5.1.0) or wrong; lists gathered from what mailers say.

export interface Diagnosis {
  /** Enhanced status of the report, or null. */
  readonly status: string | null
  /** Diagnostic text, or what a notice says of this recipient. */
  readonly words: string
  /** More of the notice: at which SMTP command the other server refused. */
  readonly context: string
  readonly action: string | null
}

export interface Verdict {
  readonly status: string | null
  readonly replyCode: string | null
  readonly permanent: boolean
  readonly addressDead: boolean
}

const UNKNOWN_USER =
  /user(?:name)? (?:is )?(?:unknown|not (?:found|known|exist|here|local|listed)|does(?:n't| not) exist)|unknown (?:or illegal )?(?:user|recipient|address|alias|mailbox|local[- ]part|account|to: address)|no such (?:user|recipient|mailbox|address|person|account|local|name|domain user)|no (?:mailbox|user|account|recipient|valid recipients?|such) (?:here|by that name|with that|found|exists?|matching)|(?:mailbox|recipient|address|account|user|email|e-mail|addressee|mail-?box)[^.\n]{0,80}(?:does(?:n't| not) exist|do(?:n't| not) exist|not (?:be )?found|is not (?:known|valid|listed|a valid|a known)|no longer (?:exists|valid|available|active|in use|accepts|on server)|not (?:exist|known|valid|listed|recognized|recognised|in our)|is unknown|unknown|invalid|unavailable or not|has been (?:deactivated|deleted|removed|terminated)|isn't (?:known|valid))|not (?:our|a valid|a known|a) (?:customer|user|mailbox|recipient|member|address)|invalid (?:recipient|mailbox|user|address|final delivery user|local address)|not listed in (?:domino|public name)|recipientnotfound|recipnotfound|resolver\.adr\.(?:recip|ex|invalid)?notfound|resolver\.adr\.exrecipnotfound|unrouteable address(?! ?\()|unknown in (?:local|virtual|relay)|user unknown|account (?:that you tried|has been disabled or discontinued|closed|not found)|does not like recipient|doesn't have an? .{1,20} account|(?:this|the) (?:email )?(?:account|address|user) (?:is no longer|doesn't exist|does not exist|no longer)|who is not|wasn't found at|nicht gefunden|unbekannt|destinataire inconnu|adresse d'email du destinataire|宛先|不存在|mail(?:box)? not found|delivery not authorized.*unknown|550 5\.1\.1|5\.1\.1\b|retry timeout exceeded.*unknown|there is no (?:one|user)|can't find a valid|email address could not be found|couldn't be found|address rejected\.?$|address rejected:? (?:user )?(?:unknown|undeliverable|not found|access denied)|rejected:? (?:user )?unknown|requested action not taken: mailbox unavailable|見つかりません|address not (?:found|known)|alias (?:not found|does not)/i
const UNKNOWN_HOST =
  /host (?:or domain name )?(?:not found|unknown|is unknown|does not exist|lookup did not)|unknown (?:host|domain|mail host)|domain (?:name )?(?:not found|does(?:n't| not) exist|is not|must exist|unknown|invalid|no longer)|no such (?:domain|host)|nxdomain|(?:no|cannot find|couldn't find) (?:any )?(?:mx|a record|host|exchanger|mail exchanger|route to host named|mail server)|(?:address|domain|name) (?:family )?(?:resolution|lookup) (?:failed|error)|name (?:server|or service)[^.\n]{0,30}(?:not known|not found|failure)|dns (?:error|failure)[^.\n]{0,40}(?:not found|no such|nonexist|non-exist)|invalid (?:host|domain)|illegal host|unrouteable domain|unroutable|recipient address rejected: domain not found|can'?t resolve|unable to (?:resolve|look ?up)|host name lookup|dns lookup failure|nullmx|null mx|5\.1\.2\b|(?:couldn't|could not|unable to) find any host|dns loop|does not accept mail \(nullmx\)|domain .{1,60} couldn't be found|doesn't accept (?:any )?mail/i
const MOVED =
  /(?:has|user|account|mailbox|address)[^.\n]{0,30}moved|no longer (?:works|employed) (?:at|by|here)|has been replaced|new (?:e-?mail )?address|please try .{1,60}@|5\.1\.6\b|user not local; please try/i
const FULL =
  /(?:over|exceed(?:s|ed|ing)?|out of|beyond|surpass)[^.\n]{0,30}(?:quota|storage|disk|size limit of the mailbox|limit)|(?:mail ?box|mailfolder|inbox|account|user|recipient|quota|disk)[^.\n]{0,40}(?:full|over ?quota|exceeded|out of space)|quota (?:exceed|full|reached)|insufficient (?:disk|storage|space|system storage)|[45]\.2\.2\b|disk quota|容量|boîte pleine|postfach (?:ist )?voll/i
const TOO_BIG =
  /(?:message|mail|size|header)[^.\n]{0,40}(?:too (?:big|large|long)|exceed(?:s|ed)?[^.\n]{0,40}(?:limit|maximum|size))|size (?:limit|exceeds)|[45]\.3\.4\b|[45]\.2\.3\b/i
const BLOCKED =
  /spam|block(?:ed|ing)? |black ?list|denied|policy|rejected (?:for|due to)|spf|dkim|dmarc|reputation|virus|banned|refused|not (?:allowed|authorized|permitted)|5\.7\.\d|prohibited|relay|restrict|abuse|suspicious|content/i
const DELAY =
  /will (?:keep|continue|be) (?:trying|to try|to attempt|retr|attempt)|still (?:be )?(?:trying|attempt)|has not yet been (?:delivered|collected)|(?:warning|this is) (?:a |only a )?(?:warning|message)[^.\n]{0,20}only|no(?:t)? need to resend|do not (?:need to )?resend|delivery[^.\n]{0,60}(?:is|has been) delayed|delayed delivery|delay(?:ed)? (?:notification|warning)|will be (?:re)?tried|not yet been delivered|attempts? will continue|message is still (?:in|being)/i
const SUSPENDED =
  /(?:mail ?box|account|user|recipient|address)[^.\n]{0,40}(?:disabled|suspended|inactive|locked|deactivated|frozen|expired|discontinued|restricted)|disabled (?:user|account|mailbox|recipient)/i

/** The sender's address or domain was refused, which says nothing of the recipient. */
const SENDER =
  /sender (?:address |domain |id |verify )*(?:rejected|refused|denied|unknown|not|verif|fail|must|does)|(?:domain|address) of (?:the )?sender|(?:after|command:?|in reply to) mail from|mail from[^\n]{0,60}(?:rejected|refused|denied)|\[MAIL_?FROM\]|my name was rejected|[45]\.1\.[78]\b/i
/** No mail is taken there at all: RFC 7505 null MX, or no exchanger and no address. */
const NO_SERVICE =
  /does not accept (?:any )?(?:e-?)?mail(?! from)|nullmx|null mx|no (?:smtp|mail) service|(?:couldn't|could not|cannot) find (?:a |any )?mail exchanger|domain (?:doesn't|does not) accept/i
/** Refused when the whole mail had been sent: a filter of the recipient's, whatever the words say. */
const AFTER_DATA = /end of data|>>> (?:data|\.)\s|smtp command data|after data|in response to data|DATA command/i
/** Japanese mobile carriers say "unknown user" of subscribers whose filter refuses the sender. */
const CARRIER = /^\s*(?:smtp;\s*)?550 unknown user \S+@|550 ?:? ?: ?user unknown/i

/** Judges one failure. `status` is the report's, or the one in the words when that says more; x.0.0 where no code was given. */
export function judgeFailure(diagnosis: Diagnosis): Verdict {
  const { words, context } = diagnosis
  const good = diagnosis.action === 'delivered' || diagnosis.action === 'relayed' || diagnosis.action === 'expanded'
  const replyCode = findReplyCode(words) ?? findReplyCode(context)
  const delayed =
    !good && (diagnosis.action === 'delayed' || (diagnosis.action !== 'failed' && DELAY.test(`${words} ${context}`)))
  const status = findStatus(diagnosis, replyCode, good, delayed)
  const temporary =
    delayed || (diagnosis.action !== 'failed' && status.startsWith('4') && !GIVEN_UP.test(`${words} ${context}`))
  const dead = !good && diagnosis.action !== 'delayed' && isDead(diagnosis, status, replyCode)
  return { status, replyCode, permanent: !good && !temporary, addressDead: dead }
}

const GIVEN_UP =
  /giv(?:ing|en) up|permanent error|failed permanently|returned to sender|retry timeout exceeded|too long|expired/i

function isDead({ words, context }: Diagnosis, status: string, replyCode: string | null): boolean {
  if (SENDER.test(words)) return false
  if (NO_SERVICE.test(words) || MOVED.test(words) || UNKNOWN_HOST.test(words) || status === '5.1.6') return true
  if (FULL.test(words) || TOO_BIG.test(words)) return false
  if (SUSPENDED.test(words)) return false
  const unknown = UNKNOWN_USER.test(words)
  if (replyCode?.startsWith('4') && !(unknown && status.endsWith('.1.1'))) return false
  // A policy code contradicts the words: a mailbox that exists and does not want this mail.
  if (/^[45]\.7\.\d+$/.test(status) && !/address rejected: access denied/i.test(words)) return false
  // Pipelining lets sendmail's transcript show refusals of a recipient below `>>> DATA`: an explicit x.1.1 stands.
  const explicit = /^[45]\.(?:1\.1|5\.0)$/.test(status)
  if (!explicit && (AFTER_DATA.test(`${words} ${context}`) || CARRIER.test(words))) return false
  if (unknown) return true
  return /^5\.1\.(?:1|2|3|6|10)$/.test(status) && !BLOCKED.test(words)
}

/** A reply code of SMTP in a diagnostic: 550 in "550 5.1.1 …", "(550)", "said: 550". Only failures; 2xx stands in transcripts. */
export function findReplyCode(text: string): string | null {
  const found = /(?:^|[\s:;([<#"'])([45][0-5]\d)(?=[\s:;\-)\]>"',.#]|$)/.exec(text.slice(0, 4000))
  return found?.[1] ?? null
}

function findStatus(diagnosis: Diagnosis, replyCode: string | null, good: boolean, delayed: boolean): string {
  const given = diagnosis.status
  const inWords = statusIn(diagnosis.words)
  if (given !== null && inWords !== null) return moreTelling(given, inWords)
  if (given !== null || inWords !== null) return given ?? inWords ?? ''
  if (good) return '2.0.0'
  const inContext = statusIn(diagnosis.context)
  if (inContext !== null) return inContext
  if (replyCode !== null) return `${replyCode[0] ?? '5'}.0.0`
  return delayed ||
    /(?<!delivery )retry time(?:out)? (?:exceeded|not reached)|all hosts have been failing/i.test(
      `${diagnosis.words} ${diagnosis.context}`,
    )
    ? '4.0.0'
    : '5.0.0'
}

/** The report's status gives way to the other server's unless that says less: x.0.0 says nothing, x.y.0 little. */
function moreTelling(given: string, inWords: string): string {
  if (inWords.endsWith('.0.0')) return given
  if (given.endsWith('.0.0')) return inWords
  return inWords.endsWith('.0') ? given : inWords
}

/** The last enhanced status code within words that says more than x.0.0: "550 5.1.1 …", "#5.1.1", "(5.1.1)"; no IP address. */
export function statusIn(text: string): string | null {
  let last: string | null = null
  for (const found of text
    .slice(0, 4000)
    .matchAll(/(?:^|[\s([#:<"'-])([245]\.\d{1,2}\.\d{1,3})(?=[\s)\]:;,>"'#-]|\.\s|\.?$)/g)) {
    const code = found[1] ?? null
    if (code !== null && (last === null || !code.endsWith('.0.0'))) last = code
  }
  return last
}
