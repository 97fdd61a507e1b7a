// A web address of the configuration is called. Never one that stands in a mail.

/** Posts JSON once, follows no redirect, waits ten seconds; throws without the address, which may hold a secret. */
export async function postWebhook(url: string, body: unknown): Promise<void> {
  let status: number
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'guichet' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
    })
    await answer.body?.cancel()
    status = answer.status
  } catch (error) {
    throw new Error(
      `the webhook does not answer${error instanceof Error && error.name === 'TimeoutError' ? ' in time' : ''}`,
    )
  }
  if (status < 200 || status > 299) throw new Error(`the webhook answers ${status}`)
}
