// The one style sheet of the pages, served under a name made of its contents. No page has styles of its own: the policy forbids them.

import { createHash } from 'node:crypto'

export const styleSheet = `
:root {
  color-scheme: light dark;
  --paper: #ffffff; --ground: #f3f5f7; --ink: #1b232c; --soft: #4c5967; --line: #d5dbe1; --accent: #0a5294;
  --open: #0a5294; --waiting: #7a4a00; --pending: #5a3d8c; --solved: #1c6234; --closed: #4c5967; --bad: #a01c1c;
  --opened-bar: #2f77b8; --closed-bar: #c77a16; --track: #e4e9ee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #1a2027; --ground: #11161b; --ink: #e6ebf0; --soft: #aab6c2; --line: #37424d; --accent: #86bdf2;
    --open: #86bdf2; --waiting: #f0bd6d; --pending: #c6adf2; --solved: #86d3a0; --closed: #aab6c2; --bad: #ff9a92;
    --opened-bar: #5b9fdd; --closed-bar: #e0a04a; --track: #2a333c;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { font: 100%/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif; -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: 0.15em; }
a:focus-visible, summary:focus-visible, [tabindex]:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; inset-inline-start: -100vw; }
.skip:focus { inset-inline-start: 1rem; inset-block-start: 0.5rem; background: var(--paper); padding: 0.5rem 1rem; }
.frame { max-width: 66rem; margin: 0 auto; padding: 0 1.25rem; }
.top { padding-block: 1rem; color: var(--soft); display: flex; gap: 1rem; justify-content: space-between; flex-wrap: wrap; }
.top p { margin: 0; font-weight: 600; }
.top ul { list-style: none; display: flex; gap: 0.9rem; margin: 0; padding: 0; flex-wrap: wrap; }
.top [aria-current] { color: var(--ink); font-weight: 600; }
footer { color: var(--soft); font-size: 0.9rem; padding-block: 1.5rem 3rem; }
footer p { margin: 0.2rem 0; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.3rem 0 1.2rem; text-wrap: balance; }
h1 small { display: block; font-size: 0.95rem; font-weight: 600; color: var(--soft); letter-spacing: 0.02em; margin-block-end: 0.25rem; }
h2 { font-size: 1.1rem; line-height: 1.3; margin: 0 0 0.75rem; }
h2 small { font-weight: 400; color: var(--soft); font-size: 0.9rem; }
h3 { font-size: 0.95rem; margin: 0 0 0.4rem; }
p { margin: 0 0 0.6rem; }
p:last-child, dl:last-child, ul:last-child { margin-block-end: 0; }
.card { background: var(--paper); border: 1px solid var(--line); border-radius: 0.5rem; padding: 1.1rem 1.25rem; margin-block-end: 1.1rem; }
.columns { display: grid; gap: 0 1.1rem; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 56rem) {
  .columns { grid-template-columns: minmax(0, 1fr) 20rem; grid-template-rows: auto 1fr; align-items: start; }
  .side { grid-column: 2; grid-row: 1 / span 2; }
}
.tiles { display: grid; gap: 0.9rem 1.1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); align-items: start; }
.state { border-inline-start: 0.35rem solid var(--closed); display: grid; gap: 0.6rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 16rem), 1fr)); }
.state.open { border-inline-start-color: var(--open); } .state.waiting { border-inline-start-color: var(--waiting); }
.state.pending { border-inline-start-color: var(--pending); } .state.solved { border-inline-start-color: var(--solved); }
.label { color: var(--soft); font-size: 0.85rem; display: block; }
.large { font-size: 1.2rem; font-weight: 600; line-height: 1.35; }
.soft { color: var(--soft); }
.small { font-size: 0.9rem; }
.bad { color: var(--bad); font-weight: 600; }
.good { color: var(--solved); }
dl { margin: 0; display: grid; grid-template-columns: minmax(0, 1fr); gap: 0.1rem; }
dt { color: var(--soft); font-size: 0.85rem; margin-block-start: 0.55rem; }
dt:first-child { margin-block-start: 0; }
dd { margin: 0; }
ul.plain { list-style: none; margin: 0; padding: 0; }
ul.plain > li + li { margin-block-start: 0.5rem; }
.text { white-space: pre-wrap; margin: 0; }
.files { font-size: 0.9rem; margin: 0.7rem 0 0; padding-inline-start: 1.1rem; }
ol.history { list-style: none; margin: 0; padding: 0; }
ol.history > li { padding-block: 0.9rem; border-block-start: 1px solid var(--line); }
ol.history > li:first-child { border: 0; padding-block-start: 0; }
.entry { display: flex; flex-wrap: wrap; gap: 0 0.8rem; justify-content: space-between; margin-block-end: 0.3rem; }
.entry b { font-weight: 600; }
.entry time { color: var(--soft); font-size: 0.9rem; }
.system .text { color: var(--soft); }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.93rem; font-variant-numeric: tabular-nums; }
table.counts { max-width: 24rem; }
.wide + .wide, .counts + .wide, .counts + p { margin-block-start: 1rem; }
thead th::first-letter, .counts th::first-letter { text-transform: uppercase; }
caption { text-align: start; color: var(--soft); font-size: 0.85rem; padding-block-end: 0.3rem; }
th, td { text-align: start; vertical-align: top; padding-block: 0.35rem; padding-inline: 0 0.7rem; border-block-end: 1px solid var(--line); }
tr:last-child > td, tr:last-child > th { border-block-end: 0; }
thead th { color: var(--soft); font-size: 0.83rem; font-weight: 600; }
tbody th { font-weight: 400; }
.n { text-align: end; white-space: nowrap; }
.wide table { min-width: 44rem; overflow-wrap: normal; }
.wide.narrow table { min-width: 0; }
.wide td { overflow-wrap: break-word; }
.wide td.free { overflow-wrap: anywhere; min-width: 9rem; }
.wide svg { min-width: 34rem; }
.wide .keep { white-space: nowrap; overflow-wrap: normal; }
svg { display: block; width: 100%; height: auto; }
svg text { fill: var(--soft); font: 11px system-ui, "Liberation Sans", sans-serif; }
svg .value { fill: var(--ink); }
svg .opened { fill: var(--opened-bar); } svg .closed { fill: var(--closed-bar); }
svg .track { fill: var(--track); } svg .axis { stroke: var(--line); stroke-width: 1; }
details { margin-block-start: 0.6rem; } summary { cursor: pointer; color: var(--accent); font-size: 0.9rem; }
@media print {
  :root { color-scheme: light; --paper: #fff; --ground: #fff; --ink: #000; --soft: #333; --line: #999; --accent: #000;
    --open: #000; --waiting: #000; --pending: #000; --solved: #000; --closed: #000; --bad: #000; --opened-bar: #444; --closed-bar: #aaa; --track: #eee; }
  html { font-size: 10.5pt; }
  .frame { max-width: none; padding: 0; }
  .card { border: 0; border-block-start: 1px solid #999; border-radius: 0; padding: 0.6rem 0; }
  .columns { display: block; }
  .wide { overflow: visible; }
  .wide table, .wide svg, .wide td.free { min-width: 0; }
  .wide td, .wide th { overflow-wrap: anywhere; }
  table { font-size: 8.5pt; } th, td { padding-inline-end: 0.35rem; }
  .n, .keep, .wide .keep { white-space: normal; overflow-wrap: anywhere; }
  .top nav, .skip, details:not([open]) { display: none; }
  ol.history > li, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
}
`

/** File name of the style sheet below the root of the pages; it changes with the contents, so browsers may keep it for a year. */
export const styleName = `style-${createHash('sha256').update(styleSheet).digest('hex').slice(0, 16)}.css`
