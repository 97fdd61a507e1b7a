// What every page has around it. `html` escapes each value it is given; nothing in this room marks text as already escaped.

import { html } from 'hono/html'
import { styleName } from './style.ts'
import type { Words } from './words/en.ts'
import { pageLanguages, wordsOf } from './words.ts'

export type Html = ReturnType<typeof html>

export interface Frame {
  readonly language: string
  /** Path below which the pages stand, without a final slash; usually ''. */
  readonly base: string
  readonly title: string
  /** Said above the title: whose page it is. */
  readonly owner: string
  /** Zone of the times on the page; null when it has none. */
  readonly zone: string | null
}

/** A whole page. The switch of languages keeps the address and adds `?lang=`. */
export function page(frame: Frame, body: Html): Html {
  const words = wordsOf(frame.language)
  return html`<!doctype html>
<html lang="${frame.language}" dir="${words.direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex, nofollow">
<meta name="format-detection" content="telephone=no">
<title>${frame.title}</title>
<link rel="stylesheet" href="${frame.base}/${styleName}">
</head>
<body>
<a class="skip" href="#content">${words.toContent}</a>
<header class="frame top">
<p dir="auto">${frame.owner}</p>
<nav aria-label="${words.languages}"><ul>${pageLanguages.map((code) => languageItem(code, frame.language))}</ul></nav>
</header>
<main id="content" class="frame" tabindex="-1">
${body}
</main>
<footer class="frame">
${frame.zone === null ? '' : html`<p>${words.zone(frame.zone)}</p>`}
<p>${words.readOnly}</p>
</footer>
</body>
</html>
`
}

function languageItem(code: string, current: string): Html {
  const name = wordsOf(code).name
  return code === current
    ? html`<li><span aria-current="true" lang="${code}">${name}</span></li>`
    : html`<li><a href="?lang=${code}" lang="${code}" hreflang="${code}" rel="nofollow">${name}</a></li>`
}

export type Notice = 'notFound' | 'tooMany' | 'broken' | 'method' | 'closedDoor'

const titles = {
  notFound: 'notFoundTitle',
  tooMany: 'tooManyTitle',
  broken: 'brokenTitle',
  method: 'methodTitle',
  closedDoor: 'closedDoorTitle',
} as const satisfies Record<Notice, keyof Words>

/** A page that says one thing. It depends on nothing but the language, so that it gives nothing away. */
export function noticePage(notice: Notice, language: string, base: string): Html {
  const words = wordsOf(language)
  const title = words[titles[notice]]
  return page(
    { language, base, title, owner: '', zone: null },
    html`<h1>${title}</h1>
<section class="card"><p>${words[notice]}</p></section>`,
  )
}

/** A `lang` attribute for text in another language than the page's; nothing for the same or one that is no language. */
export function langOf(text: string, page: string): Html | '' {
  return text === page || !/^[a-z]{2,3}$/.test(text) ? '' : html` lang="${text}"`
}
