// Mails that are made to stop a reader. Each carries the same sender and subject, which must come out of all of them.

export interface Bomb {
  readonly name: string
  readonly bytes: Buffer
  /** False where the header itself is broken or absent, so that no sender can come out. */
  readonly readable: boolean
}

const HEAD = 'From: Ann <ann@example.org>\r\nSubject: still here\r\nMessage-ID: <1@example.org>\r\n'
const MB = 1024 * 1024

function mail(header: string, body: string): Buffer {
  return Buffer.from(`${HEAD}${header}\r\n${body}`, 'latin1')
}

function html(body: string): Buffer {
  return mail('MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\n', body)
}

function nestedMultiparts(depth: number): Buffer {
  const lines: string[] = []
  for (let i = 0; i < depth; i++) lines.push(`--b${i}`, `Content-Type: multipart/mixed; boundary=b${i + 1}`, '')
  return mail('Content-Type: multipart/mixed; boundary=b0\r\n', lines.join('\r\n'))
}

function nestedMessages(depth: number): Buffer {
  return mail('Content-Type: message/rfc822\r\n', 'Content-Type: message/rfc822\r\n\r\n'.repeat(depth))
}

function tnef(): Buffer {
  const stream = Buffer.alloc(64 * 1024, 0xff)
  stream.writeUInt32LE(0x223e9f78, 0)
  return mail('Content-Type: application/ms-tnef\r\nContent-Transfer-Encoding: base64\r\n', stream.toString('base64'))
}

/** The set; `large` adds the mail of 200 MB. */
export function bombs(large: boolean): Bomb[] {
  const attacks: Record<string, Buffer> = {
    'nested div elements': html('<div>'.repeat(500_000)),
    'nested tables': html('<table><tr><td>'.repeat(100_000)),
    'nested blockquotes': html(`${'<blockquote type=cite>'.repeat(50_000)}x`),
    'unclosed comments': html('<!--'.repeat(200_000)),
    'unclosed titles': html('<title>'.repeat(200_000)),
    'unclosed attributes': html('<a b="'.repeat(300_000)),
    'tags that never end, with blanks between': html('<a '.repeat(300_000)),
    'crossed attribute quotes': html(`<a b='"><a b="'>`.repeat(100_000)),
    'five megabytes of angle brackets': html('<'.repeat(5 * MB)),
    'five megabytes of ampersands': html('&'.repeat(5 * MB)),
    'closing tags that close nothing': html(`${'<i>'.repeat(300)}${'</b>'.repeat(500_000)}`),
    'a hundred thousand parts': mail(
      'Content-Type: multipart/mixed; boundary=x\r\n',
      '--x\r\n\r\na\r\n'.repeat(100_000),
    ),
    'a hundred thousand empty parts': mail('Content-Type: multipart/mixed; boundary=x\r\n', '--x\r\n'.repeat(100_000)),
    'ten thousand nested multiparts': nestedMultiparts(10_000),
    'five thousand nested messages': nestedMessages(5000),
    'a boundary that never closes': mail(
      'Content-Type: multipart/mixed; boundary=x\r\n',
      `--x\r\n\r\n${'line of text\r\n'.repeat(400_000)}`,
    ),
    'almost boundaries': mail('Content-Type: multipart/mixed; boundary=xxxxxxxx\r\n', '\r\n--xxxxxxxy'.repeat(400_000)),
    'an empty boundary': mail('Content-Type: multipart/mixed; boundary=""\r\n', '--\r\n'.repeat(100_000)),
    'five megabytes in one line': mail('', 'x'.repeat(5 * MB)),
    'five megabytes of spaces': mail('', ' '.repeat(5 * MB)),
    'five megabytes of line ends': mail('', '\r\n'.repeat(2.5 * MB)),
    'five megabytes of quote marks': mail('', `${'>'.repeat(1000)}\r\n`.repeat(5000)),
    'dashes without end': mail('', `${'-'.repeat(5 * MB)}`),
    'on on on': mail('', `${'On '.repeat(300)}\r\n`.repeat(2000)),
    'digits and colons': mail('', '12:34 2026-01-01 a@b.c \r\n'.repeat(60_000)),
    'header labels': mail('', 'From: a\r\n'.repeat(200_000)),
    'underscores and names': mail('', '--\r\nAnn\r\n'.repeat(100_000)),
    'flowed text': mail('Content-Type: text/plain; format=flowed\r\n', 'word \r\n'.repeat(300_000)),
    'uuencode that never ends': mail(
      '',
      `begin 644 a\r\n${"M'''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''\r\n".repeat(20_000)}`,
    ),
    'many uuencode beginnings': mail('', 'begin 644 a\r\n'.repeat(100_000)),
    'soft line breaks': mail('Content-Transfer-Encoding: quoted-printable\r\n', '=\r\n'.repeat(MB)),
    'padding in base64': mail('Content-Transfer-Encoding: base64\r\n', 'YQ==\r\n'.repeat(500_000)),
    'a charset that lies': mail('Content-Type: text/plain; charset=utf-16\r\n', 'abc'.repeat(100_000)),
    'a charset that nobody knows': mail('Content-Type: text/plain; charset=x-klingon\r\n', 'n\xe9'.repeat(10_000)),
    'UTF-7': mail('Content-Type: text/plain; charset=utf-7\r\n', '+AGEAYgBj-'.repeat(100_000)),
    'NUL octets': mail('', 'a\0b'.repeat(100_000)),
    'escape sequences of ISO-2022-JP': mail('', '\x1b$B'.repeat(300_000)),
    'a TNEF stream of rubbish': tnef(),
    'RFC 2231 parameters': mail(
      `Content-Type: text/plain${Array.from({ length: 40_000 }, (_x, i) => `; name*${i}=a`).join('')}\r\n`,
      'x',
    ),
    'a megabyte of header in one line': mail(`X-Long: ${'y'.repeat(MB)}\r\n`, 'x'),
    'twenty megabytes of header': mail(
      'X-Many: yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n'.repeat(330_000),
      'x',
    ),
    'a hundred thousand header fields': mail('X-A: b\r\n'.repeat(100_000), 'x'),
    'a megabyte of encoded words': mail(`X-Words: ${'=?utf-8?q?a?= '.repeat(80_000)}\r\n`, 'x'),
    'encoded words without an end': mail(`X-Words: ${'=?utf-8?q?'.repeat(100_000)}\r\n`, 'x'),
    'fifty thousand recipients': mail(`To: ${'a@b.example, '.repeat(50_000)}c@d.example\r\n`, 'x'),
    'two hundred thousand groups': mail(`To: ${'a:;'.repeat(200_000)}\r\n`, 'x'),
    'nested comments': mail(`To: ${'('.repeat(200_000)}\r\n`, 'x'),
    'references without end': mail(`References: ${'<a@b> '.repeat(100_000)}\r\n`, 'x'),
    'a header that is folded for ever': mail(`X-Fold: a${'\r\n b'.repeat(300_000)}\r\n`, 'x'),
    'carriage returns within a field': mail(`X-Returns: ${'\r'.repeat(300_000)}x\r\n`, 'x'),
    'blanks within a field': mail(`X-Blanks: a${' '.repeat(300_000)}x\r\n`, 'x'),
    'comments that open for ever': mail(
      'Content-Type: multipart/mixed; boundary=x\r\n',
      `--x\r\nContent-Transfer-Encoding: ${'('.repeat(100_000)}\r\n\r\na\r\n`.repeat(10),
    ),
    'carriage returns alone': Buffer.from(`${HEAD.replaceAll('\r\n', '\r')}\r${'x\r'.repeat(500_000)}`, 'latin1'),
    'line feeds alone': Buffer.from(`${HEAD.replaceAll('\r\n', '\n')}\n${'x\n'.repeat(500_000)}`, 'latin1'),
    'a delivery report of ten thousand recipients': mail(
      'Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n',
      `--x\r\nContent-Type: message/delivery-status\r\n\r\n${'Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n'.repeat(10_000)}--x--`,
    ),
    'a notice that names ten thousand addresses': mail(
      'Return-Path: <>\r\n',
      `Undeliverable: delivery failed\r\n${'a@b.example\r\n'.repeat(10_000)}`,
    ),
  }
  const set: Bomb[] = Object.entries(attacks).map(([name, bytes]) => ({ name, bytes, readable: true }))
  set.push({ name: 'nothing at all', bytes: Buffer.alloc(0), readable: false })
  set.push({ name: 'one line end', bytes: Buffer.from('\r\n'), readable: false })
  set.push({
    name: 'a megabyte of random-looking octets',
    bytes: Buffer.from(Array.from({ length: MB }, (_x, i) => (i * 7919 + (i >> 3)) & 255)),
    readable: false,
  })
  if (large)
    set.push({
      name: 'two hundred megabytes',
      bytes: Buffer.concat([mail('', ''), Buffer.alloc(200 * MB, 'text\r\n')]),
      readable: true,
    })
  return set
}
