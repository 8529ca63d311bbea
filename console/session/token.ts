import type { Refusal } from '../wire.ts'

/** b64token of RFC 6750. */
const TOKEN = /^[A-Za-z0-9._~+/-]+=*$/
/** Of all headers together, in Go's HTTP server and ours. */
const LONGEST = 8_000

/** What somebody typed, as a token; or why it is none. */
export function parseToken(typed: string): { readonly token: string } | Refusal {
  const token = typed.trim().replace(/^Bearer(\s+|$)/i, '')
  if (token === '') {
    return {
      code: 'NoToken',
      message: 'that is no token: there is nothing but blanks',
      remedy: 'paste the token, such as of kubectl create token',
    }
  }
  if (token.length > LONGEST || !TOKEN.test(token)) {
    return {
      code: 'NoToken',
      message: 'that is no token: it has characters that no bearer token has, or is too long',
      remedy: 'paste the token alone, without quotes and line breaks',
    }
  }
  return { token }
}
