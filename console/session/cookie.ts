/** Who holds a session: its id, and until when, both signed. */
export const COOKIE = 'baton-console'

export interface CookieOptions {
  readonly maxAgeSeconds: number
  /** Never sent without TLS. */
  readonly secure: boolean
}

/** The value of our cookie in a header Cookie. */
export function readCookie(header: string | undefined): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const [name, value] = pair.trim().split('=')
    if (name === COOKIE) return value
  }
  return undefined
}

/** A header Set-Cookie. No script can read it, and no other site's page makes a browser send it. */
export function formatCookie(value: string, { maxAgeSeconds, secure }: CookieOptions): string {
  const base = `${COOKIE}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}`
  return secure ? `${base}; Secure` : base
}
