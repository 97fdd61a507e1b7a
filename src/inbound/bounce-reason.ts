// What a mailer's diagnostic means: SMTP reply code, enhanced status (RFC 3463), for good or for now, and whether the address
// is dead. Words decide where codes are vague (5.0.0, 5.1.0) or wrong; lists gathered from what mailers say.

export interface Diagnosis {
  /** Enhanced status of the report, or null. */
  readonly status: string | null
  /** Diagnostic text. */
  readonly text: string
  /** Other words of the mail, asked only when the diagnostic says nothing. */
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
  /user(?:name)? (?:is )?(?:unknown|not (?:found|known|exist|here|local|listed)|does(?:n't| not) exist)|unknown (?:or illegal )?(?:user|recipient|address|alias|mailbox|local[- ]part|account|to: address)|no such (?:user|recipient|mailbox|address|person|account|local|name|domain user)|no (?:mailbox|user|account|recipient|valid recipients?|such) (?:here|by that name|with that|found|exists?|matching)|(?:mailbox|recipient|address|account|user|email|e-mail|addressee|mail-?box)[^.\n]{0,80}(?:does(?:n't| not) exist|do(?:n't| not) exist|not (?:be )?found|is not (?:known|valid|listed|a valid|a known)|no longer (?:exists|valid|available|active|in use|accepts|on server)|not (?:exist|known|valid|listed|recognized|recognised|in our)|is unknown|unknown|invalid|unavailable or not|has been (?:deactivated|deleted|removed|terminated)|isn't (?:known|valid))|not (?:our|a valid|a known|a) (?:customer|user|mailbox|recipient|member|address)|invalid (?:recipient|mailbox|user|address|final delivery user|local address)|not listed in (?:domino|public name)|recipientnotfound|recipnotfound|resolver\.adr\.(?:recip|ex|invalid)?notfound|resolver\.adr\.exrecipnotfound|unrouteable address(?! ?\()|unknown in (?:local|virtual|relay)|user unknown|account (?:that you tried|has been disabled or discontinued|closed|not found)|does not like recipient|doesn't have an? .{1,20} account|(?:this|the) (?:email )?(?:account|address|user) (?:is no longer|doesn't exist|does not exist|no longer)|who is not|wasn't found at|nicht gefunden|unbekannt|destinataire inconnu|adresse d'email du destinataire|宛先|不存在|mail(?:box)? not found|delivery not authorized.*unknown|550 5\.1\.1|5\.1\.1\b|retry timeout exceeded.*unknown|there is no (?:one|user)|can't find a valid|email address could not be found|couldn't be found|address rejected(?:: (?:unknown|undeliverable))?|rejected:? unknown|recipient (?:address )?rejected|address not (?:found|known)|inactive user|alias (?:not found|does not)/i
const UNKNOWN_HOST =
  /host (?:or domain name )?(?:not found|unknown|is unknown|does not exist|lookup did not)|unknown (?:host|domain|mail host)|domain (?:name )?(?:not found|does(?:n't| not) exist|is not|must exist|unknown|invalid|no longer)|no such (?:domain|host)|nxdomain|(?:no|cannot find|couldn't find) (?:any )?(?:mx|a record|host|exchanger|mail exchanger|route to host named|mail server)|(?:address|domain|name) (?:family )?(?:resolution|lookup) (?:failed|error)|name (?:server|or service)[^.\n]{0,30}(?:not known|not found|failure)|dns (?:error|failure)[^.\n]{0,40}(?:not found|no such|nonexist|non-exist)|invalid (?:host|domain)|illegal host|unrouteable domain|unroutable|recipient address rejected: domain not found|can'?t resolve|unable to (?:resolve|look ?up)|host name lookup|nullmx|null mx|5\.1\.2\b|(?:couldn't|could not|unable to) find any host|dns loop|does not accept mail \(nullmx\)|domain .{1,60} couldn't be found|doesn't accept (?:any )?mail/i
const MOVED =
  /(?:has|user|account|mailbox|address)[^.\n]{0,30}moved|no longer (?:works|employed) (?:at|by|here)|has been replaced|new (?:e-?mail )?address|please try .{1,60}@|5\.1\.6\b|user not local; please try/i
const FULL =
  /(?:over|exceed(?:s|ed|ing)?|out of|beyond|surpass)[^.\n]{0,30}(?:quota|storage|disk|size limit of the mailbox|limit)|(?:mail ?box|mailfolder|inbox|account|user|recipient|quota|disk)[^.\n]{0,40}(?:full|over ?quota|exceeded|out of space)|quota (?:exceed|full|reached)|insufficient (?:disk|storage|space|system storage)|[45]\.2\.2\b|disk quota|容量|boîte pleine|postfach (?:ist )?voll/i
const TOO_BIG =
  /(?:message|mail|size|header)[^.\n]{0,40}(?:too (?:big|large|long)|exceed(?:s|ed)?[^.\n]{0,40}(?:limit|maximum|size))|size (?:limit|exceeds)|[45]\.3\.4\b|[45]\.2\.3\b/i
const BLOCKED =
  /spam|block(?:ed|ing)? |black ?list|denied|policy|rejected (?:for|due to)|spf|dkim|dmarc|reputation|virus|banned|refused|not (?:allowed|authorized|permitted)|5\.7\.\d|prohibited|relay|restrict|abuse|suspicious|content/i
const DELAY =
  /will (?:keep|continue|be) (?:trying|to try|retr|attempt)|still (?:be )?(?:trying|attempt)|has not (?:yet )?been (?:delivered|collected)|(?:warning|this is) (?:a |only a )?(?:warning|message)[^.\n]{0,20}only|no(?:t)? need to resend|do not (?:need to )?resend|delivery (?:is |has been )?delayed|delay(?:ed)? (?:notification|warning)|will be (?:re)?tried|not yet been delivered|attempts? will continue|message is still (?:in|being)/i
const SUSPENDED =
  /(?:mail ?box|account|user|recipient|address)[^.\n]{0,40}(?:disabled|suspended|inactive|locked|deactivated|frozen|expired|discontinued|restricted|unavailable)|disabled (?:user|account|mailbox|recipient)|5\.2\.1\b/i

/** Judges one failure. `status` is the report's, or the one in the text when that says more. */
export function classify(diagnosis: Diagnosis): Verdict {
  const { text, context } = diagnosis
  const replyCode = findReplyCode(text)
  const status = findStatus(diagnosis, replyCode)
  const words = text.length >= 12 ? text : `${text} ${context}`
  const temporary = diagnosis.action === 'delayed' || (diagnosis.action !== 'failed' && DELAY.test(words))
  const good = diagnosis.action === 'delivered' || diagnosis.action === 'relayed' || diagnosis.action === 'expanded'
  const dead = !temporary && !good && isDead(words, status, replyCode)
  return {
    status,
    replyCode,
    permanent: !temporary && !good && !(status?.startsWith('4') === true && diagnosis.action !== 'failed'),
    addressDead: dead,
  }
}

function isDead(words: string, status: string | null, replyCode: string | null): boolean {
  if (replyCode?.startsWith('4') && !UNKNOWN_HOST.test(words)) return false
  const blocked = BLOCKED.test(words)
  if (FULL.test(words) || TOO_BIG.test(words)) return false
  if (MOVED.test(words)) return true
  if (UNKNOWN_HOST.test(words)) return !blocked || /5\.1\.2/.test(words)
  if (SUSPENDED.test(words) && !UNKNOWN_USER.test(words)) return false
  if (UNKNOWN_USER.test(words)) return true
  if (status === '5.1.1' || status === '5.1.2' || status === '5.1.6' || status === '5.1.10' || status === '5.1.3')
    return !blocked
  return false
}

/** A reply code of SMTP in a diagnostic: 550 in "550 5.1.1 …", "(550)", "said: 550". */
export function findReplyCode(text: string): string | null {
  const found = /(?:^|[\s:;([<#"'])([245][0-5]\d)(?=[\s:;\-)\]>"',.#]|$)/.exec(text.slice(0, 4000))
  return found?.[1] ?? null
}

function findStatus(diagnosis: Diagnosis, replyCode: string | null): string | null {
  const inText = statusIn(diagnosis.text)
  const given = diagnosis.status
  if (given === null) return inText ?? (replyCode === null ? null : `${replyCode[0] ?? '5'}.0.0`)
  if (inText === null) return given
  // A status of the report that says nothing gives way to the one that the other server gave.
  if (/^[45]\.0\.0$/.test(given) && !/\.0\.0$/.test(inText)) return inText
  return given
}

/** An enhanced status code within words: "550 5.1.1 …", "#5.1.1", "(5.1.1)"; no IP address, no version. */
export function statusIn(text: string): string | null {
  return (
    /(?:^|[\s([#:<"'-])([245]\.\d{1,2}\.\d{1,3})(?=[\s)\]:;,>"'#]|\.\s|\.?$)/.exec(text.slice(0, 4000))?.[1] ?? null
  )
}
