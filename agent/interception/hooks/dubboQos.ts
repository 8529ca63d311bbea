/** What Dubbo's QoS console is told by HTTP: `GET /offline`, `GET /offline?service=…`. */
export function qosPath(command: string, service: string | undefined): string {
  const query = service === undefined ? '' : `?service=${encodeURIComponent(service)}`
  return `/${command}${query}`
}

/**
 * Its HTTP status says little: an unknown command is 404, but what failed inside is 200. The text of
 * `offline` and `online` is OK when something was done, and "service not found" when no service fits.
 * @returns undefined when well, else what was answered
 */
export function qosRefusal(status: number, body: string): string | undefined {
  const text = body.trim()
  const shown = text === '' ? 'nothing' : `"${text.slice(0, 120)}"`
  if (status !== 200) return `it answered status ${status} with ${shown}`
  if (/^OK\b/.test(text) || /\bOK$/.test(text)) return undefined
  return `it answered ${shown} instead of OK`
}
