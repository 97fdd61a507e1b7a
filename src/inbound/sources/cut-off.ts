/** Of a mail beyond a source's limit this much is stored (threats T34). */
export const headBytes = 256 * 1024

/** The beginning of a mail, marked in a field above it, so that whoever reads it knows. `size` is that of the whole, in octets. */
export const cutOff = (beginning: Buffer, size: number): Buffer => {
  const head = beginning.subarray(0, headBytes)
  return Buffer.concat([Buffer.from(`X-Guichet-Cut-Off: ${head.length} of ${size} octets\r\n`), head])
}
