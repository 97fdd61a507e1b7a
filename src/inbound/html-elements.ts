// Kinds of HTML elements, as far as text cares.

/** Their content is not shown. */
export const INVISIBLE = new Set([
  'script',
  'style',
  'head',
  'title',
  'template',
  'svg',
  'object',
  'noframes',
  'select',
  'datalist',
  'audio',
  'video',
  'canvas',
  'iframe',
])
/** Their content is text up to the end tag (HTML §13.1.2). */
export const RAW_TEXT = new Set(['script', 'style', 'title', 'textarea', 'noframes', 'iframe', 'xmp'])
/** They have no end tag. */
export const VOID = new Set([
  'br',
  'hr',
  'img',
  'input',
  'meta',
  'link',
  'area',
  'base',
  'col',
  'embed',
  'source',
  'track',
  'wbr',
  'param',
  'o:p/',
])
/** They begin and end a line. */
export const BLOCK = new Set([
  'address',
  'article',
  'aside',
  'blockquote',
  'body',
  'center',
  'dd',
  'details',
  'dir',
  'div',
  'dl',
  'dt',
  'fieldset',
  'figcaption',
  'figure',
  'footer',
  'form',
  'h1',
  'h2',
  'h3',
  'h4',
  'h5',
  'h6',
  'header',
  'html',
  'legend',
  'li',
  'main',
  'menu',
  'nav',
  'ol',
  'p',
  'pre',
  'section',
  'summary',
  'table',
  'tbody',
  'tfoot',
  'thead',
  'tr',
  'ul',
])
/** An empty line stands around them. */
export const SPACED = new Set(['p', 'blockquote', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'ol', 'dl', 'pre', 'table'])
/** Elements that an equal one closes when it opens beside it (HTML's optional end tags). */
export const SELF_CLOSING_SIBLING = new Set(['p', 'li', 'tr', 'td', 'th', 'dt', 'dd', 'option'])
