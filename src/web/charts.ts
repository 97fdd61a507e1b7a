// Two inline SVG charts. Each is an image with a name for screen readers; the page gives its figures as a table beside it.

import { html } from 'hono/html'
import type { Html } from './layout.ts'

export interface DayBar {
  /** Short label of the day. */
  readonly label: string
  readonly opened: number
  readonly closed: number
}

const width = 640
const height = 190
const left = 30
const bottom = 22
const top = 26

/** A round number not below `value` for the end of an axis: 1, 2, 5, 10, 20, 50 … */
export function roundUp(value: number): number {
  if (value <= 1) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value) ?? value
}

/** Two bars a day, a label every fifth day. */
export function dayChart(of: {
  readonly id: string
  readonly days: readonly DayBar[]
  readonly title: string
  readonly summary: string
  readonly opened: string
  readonly closed: string
}): Html {
  const most = roundUp(Math.max(1, ...of.days.flatMap((day) => [day.opened, day.closed])))
  const slot = (width - left) / Math.max(1, of.days.length)
  const bar = slot * 0.4
  const room = height - top - bottom
  const tall = (value: number): number => Math.round((value / most) * room * 10) / 10
  const at = (value: number): number => Math.round(value * 10) / 10
  const floor = height - bottom
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${of.id}-title ${of.id}-text">
<title id="${of.id}-title">${of.title}</title><desc id="${of.id}-text">${of.summary}</desc>
<rect class="opened" x="${left}" y="4" width="10" height="10"></rect><text x="${left + 15}" y="13">${of.opened}</text>
<rect class="closed" x="${left + 130}" y="4" width="10" height="10"></rect><text x="${left + 145}" y="13">${of.closed}</text>
<line class="axis" x1="${left}" x2="${width}" y1="${floor}" y2="${floor}"></line>
<line class="axis" x1="${left}" x2="${width}" y1="${top}" y2="${top}"></line>
<text x="${left - 6}" y="${top + 4}" text-anchor="end">${most}</text><text x="${left - 6}" y="${floor + 4}" text-anchor="end">0</text>
${of.days.map((day, index) => {
  const x = left + index * slot + slot * 0.1
  return html`<rect class="opened" x="${at(x)}" y="${at(floor - tall(day.opened))}" width="${at(bar)}" height="${tall(day.opened)}"></rect><rect class="closed" x="${at(x + bar)}" y="${at(floor - tall(day.closed))}" width="${at(bar)}" height="${tall(day.closed)}"></rect>${
    index % 5 === 2 ? html`<text x="${at(x + bar)}" y="${height - 6}" text-anchor="middle">${day.label}</text>` : ''
  }`
})}
</svg>`
}

export interface Row {
  readonly label: string
  readonly value: number
}

/** One bar a line, with its label and its value. */
export function rowChart(of: {
  readonly id: string
  readonly rows: readonly Row[]
  readonly title: string
  readonly summary: string
}): Html {
  const step = 24
  const most = Math.max(1, ...of.rows.map((row) => row.value))
  const from = 110
  const room = 320 - from - 34
  return html`<svg viewBox="0 0 320 ${of.rows.length * step}" role="img" aria-labelledby="${of.id}-title ${of.id}-text">
<title id="${of.id}-title">${of.title}</title><desc id="${of.id}-text">${of.summary}</desc>
${of.rows.map((row, index) => {
  const long = Math.round((row.value / most) * room)
  return html`<text x="0" y="${index * step + 16}">${row.label}</text><rect class="track" x="${from}" y="${index * step + 5}" width="${room}" height="14"></rect><rect class="opened" x="${from}" y="${index * step + 5}" width="${long}" height="14"></rect><text class="value" x="${from + room + 6}" y="${index * step + 16}">${row.value}</text>`
})}
</svg>`
}
