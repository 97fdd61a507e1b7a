// What the mark-up of mail clients says about quotations and signatures.

/** `file`: a line of a uuencoded file within plain text. */
export type LineRole = 'quote' | 'signature' | 'blockquote' | 'file' | null

const ATTRIBUTE = /([A-Za-z][\w:-]{0,40})\s{0,3}=\s{0,3}(?:"([^"]*)"|'([^']*)'|([^\s>"']*))/g
const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map()

/** Attributes of a start tag, names in lower case, the first of two equal ones. */
export function attributesOf(tag: string): ReadonlyMap<string, string> {
  if (!tag.includes('=')) return NO_ATTRIBUTES
  const attributes = new Map<string, string>()
  for (const found of tag.slice(0, 4000).matchAll(ATTRIBUTE)) {
    const name = (found[1] ?? '').toLowerCase()
    if (!attributes.has(name)) attributes.set(name, found[2] ?? found[3] ?? found[4] ?? '')
  }
  return attributes
}

/** What mail clients tell by a tag's class, id, name and style. */
export interface Marks {
  readonly role: LineRole
  readonly container: boolean
  readonly restIsQuote: boolean
  readonly hidden: boolean
  readonly indentOnly: boolean
  /** A blockquote that no client marked as quotation: an editor's indent or a quotation, the text around it tells. */
  readonly unmarked: boolean
}

const NO_MARKS: Marks = {
  role: null,
  container: false,
  restIsQuote: false,
  hidden: false,
  indentOnly: false,
  unmarked: false,
}

/** Class, id, name and style marks of mail clients (collected by Discourse, FreeScout and talon; seen in practice). */
export function marksOf(name: string, tag: string): Marks {
  const attributes = attributesOf(tag)
  if (attributes.size === 0) return name === 'blockquote' ? { ...NO_MARKS, unmarked: true } : NO_MARKS
  const classes = ` ${attributes.get('class') ?? ''} `
  const id = attributes.get('id') ?? ''
  const style = (attributes.get('style') ?? '').replace(/\s+/g, '').toLowerCase()
  const marker = attributes.get('data-marker') ?? ''
  return {
    role: attributes.get('name') === 'messageSignatureSection' ? 'signature' : roleOf(classes, id, marker),
    container:
      /[ "](?:gmail_quote|gmail_quote_container|yahoo_quoted|protonmail_quote|zmail_extra|moz-forward-container|front-blockquote|tutanota_quote|OutlookMessageHeader-container)[ "]/.test(
        classes,
      ) ||
      /yahoo_quoted/.test(id) ||
      marker === '__QUOTED_TEXT__' ||
      (name === 'div' && /^(?:quote|messageReplySection)$/.test(attributes.get('name') ?? '')),
    restIsQuote: restIsQuote(name, classes, id, style),
    hidden: /display:none|mso-hide:all|font-size:0(?:px|pt)?(?:;|$)|visibility:hidden|max-height:0/.test(style),
    unmarked:
      name === 'blockquote' &&
      !/border-left|cite|quote/i.test(`${style} ${classes} ${id} ${attributes.get('type') ?? ''}`) &&
      attributes.get('cite') === undefined,
    // Mail editors indent with a blockquote that has no type and a margin: not a quotation.
    indentOnly:
      name === 'blockquote' && /margin:00040px;border:(?:none|medium)|webkit-indent-blockquote/.test(style + classes),
  }
}

function roleOf(classes: string, id: string, marker: string): LineRole {
  if (
    / (?:signature|gmail_signature|gmail_signature_prefix|moz-signature|AppleMailSignature|front-signature|cm_signature|protonmail_signature_block|tutanota_signature|zmail_signature) /.test(
      classes,
    )
  )
    return 'signature'
  if (
    /^(?:Signature|AppleMailSignature|ms-outlook-mobile-signature|ymail_android_signature|composer_signature|mail-app-auto-default-signature)$/i.test(
      id,
    ) ||
    marker.startsWith('__SIG_')
  )
    return 'signature'
  if (
    / (?:moz-cite-prefix|gmail_attr|yahoo_quoted_begin|cm_replymail_content_wrap|cm_replymail_content_wrapper|OutlookMessageHeader|moz-email-headers-table) /.test(
      classes,
    )
  )
    return 'quote'
  return null
}

function restIsQuote(name: string, classes: string, id: string, style: string): boolean {
  if (
    /^(?:x_)*(?:appendonsend|divRplyFwdMsg|mail-editor-reference-message-container|OLK_SRC_BODY_SECTION|divtagdefaultwrapper_quote|isReplyContent)$/i.test(
      id,
    )
  )
    return true
  if (/ OutlookMessageHeader /.test(classes)) return true
  // Outlook 2007 to 365: the rule above From/Sent/To/Subject. Colours differ by version, zero or points by system.
  return (
    name === 'div' &&
    /border:none;border-top:solid(?:#(?:e1e1e1|b5c4df)|windowtext)1\.0pt;padding:3\.0pt0(?:in|cm|mm)0(?:in|cm|mm)0(?:in|cm|mm)/.test(
      style,
    )
  )
}
