// Mails for the measurements: 4,096 octets of plain text, or 61,440 octets with one attachment; the same for the same seed.

const words =
  'printer invoice account login password router cable order delivery refund error message screen window report customer please thanks since yesterday cannot could open close button update version install license payment card number broken slow fast network server mail attached photo shows following problem again still after before restart phone call office week monday friday contract price question support ticket'.split(
    ' ',
  )

/** A small generator (mulberry32), so that runs can be compared. */
function dice(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export const senders = 200
export const senderOf = (i) =>
  `customer${String(i % senders).padStart(3, '0')}@cust${String(i % 20).padStart(2, '0')}.example.net`

/** `reply`: `{ token, from }` of the ticket it answers. */
export function makeMail(kind, i, to, reply, run) {
  const random = dice(i * 7919 + 17)
  const text = (length) => {
    let out = ''
    while (out.length < length) {
      let line = ''
      while (line.length < 64) line += `${words[Math.floor(random() * words.length)]} `
      out += `${line.trim()}\r\n`
    }
    return `${out.slice(0, Math.max(0, length - 2)).replace(/\r?\n?$/, '')}\r\n`
  }
  const from = reply ? reply.from : senderOf(i)
  const subject = reply
    ? `Re: [${reply.token}] ${words[i % words.length]} ${i}`
    : `${words[i % words.length]} ${words[(i * 3) % words.length]} ${words[(i * 5) % words.length]} ${i}`
  const head = (type) =>
    [
      'Received: from mx1.example.com (mx1.example.com [192.0.2.10])',
      `\tby gw.example.com (Postfix) with ESMTPS id ${i.toString(16).padStart(10, '0')}`,
      `\tfor <${to}>; Mon, 23 Nov 2026 10:00:00 +0000`,
      `From: "Customer Number ${i % senders}" <${from}>`,
      `To: <${to}>`,
      `Subject: ${subject}`,
      'Date: Mon, 23 Nov 2026 10:00:00 +0000',
      `Message-ID: <${run}.${kind}.${i}.${Math.floor(random() * 2 ** 32).toString(16)}@mail.example.net>`,
      'X-Mailer: Example Mailer 12.1',
      'MIME-Version: 1.0',
      'Content-Language: en-US',
      ...type,
      '',
      '',
    ].join('\r\n')
  if (kind === '4k') {
    const h = head(['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit'])
    return Buffer.from(h + text(4096 - h.length), 'latin1')
  }
  const boundary = `----=_Part_${i}_${Math.floor(random() * 2 ** 32).toString(16)}`
  const h = head([`Content-Type: multipart/mixed; boundary="${boundary}"`])
  const first = `--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n`
  const second = `--${boundary}\r\nContent-Type: application/pdf; name="invoice-${i}.pdf"\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename="invoice-${i}.pdf"\r\n\r\n`
  const bytes = Buffer.alloc(42_000)
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(Math.floor(random() * 2 ** 32), at)
  bytes.write('%PDF-1.4 ', 0, 'latin1')
  const encoded = `${bytes.toString('base64').replace(/(.{76})/g, '$1\r\n')}\r\n`
  const end = `--${boundary}--\r\n`
  return Buffer.from(
    h +
      first +
      text(61_440 - h.length - first.length - second.length - encoded.length - end.length) +
      second +
      encoded +
      end,
    'latin1',
  )
}
