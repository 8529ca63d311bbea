/** Who holds a session: its id, and until when, both signed. */
export const COOKIE = 'baton-console'

export interface CookieOptions {
  readonly maxAgeSeconds: number
  /** Never sent without TLS. */
  readonly secure: boolean
  /** Defaults to the one of sessions. */
  readonly name?: string
  /** Lax: also with a link that leads here from elsewhere. Defaults to Strict. */
  readonly sameSite?: 'Strict' | 'Lax'
}

/** The value of our cookie in a header Cookie. */
export function readCookie(header: string | undefined, name = COOKIE): string | undefined {
  for (const pair of (header ?? '').split(';')) {
    const [found, value] = pair.trim().split('=')
    if (found === name) return value
  }
  return undefined
}

/** A header Set-Cookie. No script can read it, and no other site's page makes a browser send it. */
export function formatCookie(value: string, options: CookieOptions): string {
  const { maxAgeSeconds, secure, name = COOKIE, sameSite = 'Strict' } = options
  const base = `${name}=${value}; Path=/; HttpOnly; SameSite=${sameSite}; Max-Age=${maxAgeSeconds}`
  return secure ? `${base}; Secure` : base
}
