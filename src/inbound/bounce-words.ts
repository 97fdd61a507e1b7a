// What mail servers say when they refuse: phrases, by meaning. Gathered from many servers and providers, as facts; a new
// wording is a new line. All are asked of a bounded text and none can backtrack far.

const any = (phrases: readonly string[]): RegExp => new RegExp(phrases.join('|'), 'i')

/** Nobody of that name is there. */
export const UNKNOWN_USER = any([
  "user(?:name)? (?:is )?(?:unknown|not (?:found|known|exist|here|local|listed|active)|does(?:n't| not) exist|missing home)",
  'unknown (?:or illegal )?(?:user|recipient|address|alias|mailbox|local[- ]part|account|to: address|virtual user)',
  'no such (?:user|recipient|mailbox|mail ?drop|address|person|account|local|name|domain user|alias)',
  'no (?:mailbox|user|account|recipient|valid recipients?|mail ?box|such)(?: available)?(?: for this)? (?:here|by that name|with that|found|exists?|matching|user)',
  "(?:mailbox|recipient|address|account|user|email|e-mail|addressee|mail-?box)[^.\\n]{0,80}(?:does(?:n't| not) exist|do(?:n't| not) exist|not (?:be )?found|is not (?:known|valid|listed|a valid|a known|our)|no longer (?:exists|valid|available|active|in use|accepts|on server)|not (?:exist|known|valid|listed|recognized|recognised|in our|present|local)|is unknown|unknown|invalid|unavailable or not|has been (?:deactivated|deleted|removed|terminated|closed)|isn't (?:known|valid)|is wrong)",
  'not (?:our|a valid|a known|a local|a) (?:customer|user|mailbox|recipient|member|address)',
  'invalid (?:recipient|mailbox|user|address|final delivery user|local address|or unknown virtual)',
  'not listed in (?:domino|public name)',
  'not listed in .{1,40}(?:directory|address book)',
  'recip(?:ient)?notfound',
  'resolver\\.adr\\.(?:ex|invalid|recip)',
  'unrouteable address',
  'unknown in (?:local|virtual|relay)',
  'account (?:that you tried|closed|not found)',
  'does not like recipient',
  "doesn't have an? .{1,30} account",
  "(?:this|the) (?:email )?(?:account|address|user) (?:is no longer|doesn't exist|does not exist|no longer)",
  "(?:who|name) is not (?:found|recogni[sz]ed)|wasn't found at|name is not recogni[sz]ed|couldn't be found|email address could not be found",
  'mail(?:box)? not found|(?:mailbox|address) not present',
  "there is no (?:one|user|such)|can't find a valid|can't accept user|isn't in my list of allowed rcpthosts",
  'not in my validrcptto list|badrcptto|badrecipientto list|envelope recipient has been denied',
  'address rejected\\.?$|address rejected:? (?:user )?(?:unknown|undeliverable|not found|access denied|invalid)',
  'rejected:? (?:user )?unknown|rejected: invalid user',
  'requested action not taken: mailbox unavailable',
  'no longer accepts mail|alias (?:not found|does not)|destination addresses were unknown',
  'address (?:not (?:found|known)|unknown|invalid|incorrect)|bad (?:destination )?(?:mailbox )?address',
  // Other languages.
  "utilisateur inconnu|destinataire (?:inconnu|invalide)|adresse.{0,40}(?:inexistante|inconnue|introuvable|invalide)|n[’']existe pas",
  'nicht gefunden|unbekannt|existiert nicht|ungültige (?:adresse|empfänger)|konnte nicht gefunden',
  'no existe (?:ese|dicha|el|la)|usuario (?:desconocido|inexistente|no existe)|(?:dirección|cuenta|buzón).{0,40}no existe',
  'usuário (?:desconhecido|inexistente)|não existe|destinatário (?:desconhecido|inexistente)',
  'utente (?:sconosciuto|inesistente)|nessun utente|casella.{0,30}inesistente',
  'onbekend(?:e)? (?:gebruiker|adres)|bestaat niet',
  'неизвестный (?:пользователь|получатель)|не (?:найден|существует)|недействительный адрес',
  '見つかりません|存在しません|不明なユーザ|宛先.{0,20}(?:不明|存在)|不存在|查无此人|無此(?:使用者|用戶)',
])

/** The domain is not there. */
export const UNKNOWN_HOST = any([
  'host (?:or domain name )?(?:not found|unknown|is unknown|does not exist|lookup did not|unreachable)',
  'unknown (?:host|domain|mail host)',
  "domain (?:name )?(?:not found|does(?:n't| not) exist|is not (?:reachable|found|known|valid)|must exist|unknown|invalid|no longer)",
  'no such (?:domain|host)|nxdomain|name or service not known|no address associated with',
  "(?:no|cannot find|couldn't find|can't find) (?:any )?(?:mx|a record|host|exchanger|mail exchanger|route to host named|mail server)",
  'name (?:server|or service)[^.\\n]{0,30}(?:not known|not found|failure)',
  '(?:address|domain) (?:resolution|lookup) (?:failed|error)',
  'dns (?:error|failure|lookup)[^.\\n]{0,60}(?:not found|no such|nonexist|non-exist|failure)',
  "invalid (?:host|domain)|illegal host|unrouteable domain|unroutable|can'?t resolve|unable to (?:resolve|look ?up)|host name lookup",
  '5\\.1\\.2\\b|recipient domain must exist|account or domain may not exist|mail domain mentioned in',
  "domain .{1,60} couldn't be found|(?:couldn't|could not|unable to) find any host|dns loop",
])

/** No mail is taken there at all: RFC 7505 null MX, or no exchanger and no address. */
export const NO_SERVICE = any([
  'does not accept (?:any )?(?:e-?)?mail(?! from)|null ?mx|no (?:smtp|mail) service|mail receiving disabled',
  "(?:couldn't|could not|cannot) find (?:a |any )?mail exchanger|domain (?:doesn't|does not) accept|doesn't accept (?:any )?mail",
  'no mx record found|no route for current request',
])

/** The person moved or was replaced. */
export const MOVED = any([
  '(?:has|user|account|mailbox|address|recipient)[^.\\n]{0,30} moved',
  'no longer (?:works|employed) (?:at|by|here)|has been replaced|user not local; please try',
  'new (?:e-?mail )?address|please try .{1,60}@|5\\.1\\.6\\b',
])

/** The mailbox is full. */
export const FULL = any([
  '(?:over|exceed(?:s|ed|ing)?|out of|beyond|surpass)[^.\\n]{0,30}(?:quota|storage|disk|size limit of the mailbox|limit)',
  '(?:mail ?box|mailfolder|inbox|account|user|recipient|quota|disk)[^.\\n]{0,40}(?:full|over ?quota|exceeded|exceeds allowed|out of space)',
  'quota (?:exceed|full|reached|violation)|insufficient (?:disk|storage|space|system storage)|[45]\\.2\\.2\\b|disk quota|maildir (?:delivery failed|over)',
  '容量|boîte pleine|boîte.{0,30}pleine|postfach (?:ist )?voll|buzón lleno|caixa.{0,20}cheia|casella piena|mailbox vol\\b|переполнен',
])

/** The mail was too large. */
export const TOO_BIG = any([
  '(?:message|mail|size|header)[^.\\n]{0,40}(?:too (?:big|large|long)|exceed(?:s|ed)?[^.\\n]{0,40}(?:limit|maximum|size))',
  'size (?:limit|exceeds)|[45]\\.3\\.4\\b|[45]\\.2\\.3\\b',
])

/** The account exists and is switched off for the time being. */
export const SUSPENDED = any([
  '(?:mail ?box|account|user|recipient|address)[^.\\n]{0,40}(?:disabled|suspended|inactive|locked|frozen|expired|discontinued|restricted|archived)',
  'disabled (?:user|account|mailbox|recipient)|inactive (?:user|account)|extended inactivity|user is terminated|not currently accepting',
])

/** The recipient's own filter refused. */
export const FILTERED = any([
  'recipient preferences|refuses to receive|refuse to receive|user rules|only accept(?:ing|s) mail from|blocked by the recipient|user reject|notauthorized|is not accepting any mail|this account is protected by|message filtered|restricted sms',
])

/** The sender's address or domain was refused, which says nothing of the recipient. */
export const SENDER = any([
  'sender (?:address |domain |id |verify )*(?:rejected|refused|denied|unknown|not|verif|fail|must|does)',
  '(?:domain|address) of (?:the )?sender|(?:after|command:?|in reply to) mail from|mail from[^\\n]{0,60}(?:rejected|refused|denied)',
  '\\[MAIL_?FROM\\]|my name was rejected|[45]\\.1\\.[78]\\b|(?:from|return) address (?:rejected|not|unknown)|rejecting? (?:host|helo|ehlo)',
])

/** Policy, spam, reputation. */
export const BLOCKED = any([
  'spam|block(?:ed|ing)? |black ?list|denied|policy|rejected (?:for|due to)|spf|dkim|dmarc|reputation|virus|banned|refused',
  'not (?:allowed|authorized|permitted)|5\\.7\\.\\d|prohibited|relay|restrict|abuse|suspicious|content',
])

/** It is tried again; nothing is lost yet. */
export const DELAY = any([
  'will (?:keep|continue|be) (?:trying|to try|to attempt|retr|attempt)|still (?:be )?(?:trying|attempt)|has not yet been (?:delivered|collected)',
  '(?:warning|this is) (?:a |only a |just a )?(?:warning|message)[^.\\n]{0,20}only|this is (?:just|only) a warning',
  'no(?:t)? need to resend|do not (?:need to )?resend|delivery[^.\\n]{0,60}(?:is|has been) delayed|delayed delivery|delay(?:ed)? (?:notification|warning)',
  'will be (?:re)?tried|not yet been delivered|attempts? will continue|message is still (?:in|being)|temporary failure report',
  "n[’']a pas encore (?:été|pu)|noch nicht zugestellt|wird weiter versucht|todavía no se ha|ainda não foi",
])

/** Refused when the whole mail had been sent: a filter of the recipient's, whatever the words say. */
export const AFTER_DATA = any([
  'end of data|>>> (?:data|\\.)\\s|smtp command data|after data|in response to data|data command',
])

/** Japanese mobile carriers say "unknown user" of subscribers whose filter refuses the sender. */
export const CARRIER = any(['^\\s*(?:smtp;\\s*)?550 unknown user \\S+@|550 ?:? ?: ?user unknown'])
