import { Agent, request } from 'undici'

/**
 * The part of a browser and of somebody who signs in, without a page: follows redirects with
 * cookies, fills in the provider's forms. Gives the address of the console that it is sent back to.
 */
export async function visitProvider(
  from: string,
  {
    login,
    abort = false,
    ca,
  }: { readonly login: string; readonly abort?: boolean; readonly ca?: string },
): Promise<URL> {
  const dispatcher = new Agent(ca === undefined ? {} : { connect: { ca } })
  const cookies = new Map<string, string>()
  const provider = new URL(from).origin
  let next = from
  let form: string | undefined
  for (let step = 0; step < 20; step++) {
    const answer = await request(next, {
      dispatcher,
      method: form === undefined ? 'GET' : 'POST',
      headers: {
        cookie: [...cookies].map((pair) => pair.join('=')).join('; '),
        ...(form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
      },
      ...(form === undefined ? {} : { body: form }),
    })
    for (const cookie of [answer.headers['set-cookie'] ?? []].flat()) {
      const [name = '', value = ''] = (cookie.split(';')[0] ?? '').split('=')
      cookies.set(name, value)
    }
    const page = await answer.body.text()
    form = undefined
    const [location] = [answer.headers['location']].flat()
    if (location !== undefined) {
      const url = new URL(location, next)
      if (url.origin !== provider) return url
      next = url.href
    } else if (abort) next = `${next}/abort`
    else {
      const [, prompt = ''] = /name="prompt" value="(\w+)"/.exec(page) ?? []
      if (prompt === '') throw new Error(`the provider shows no form: ${page.slice(0, 500)}`)
      form = new URLSearchParams({ prompt, login, password: 'any' }).toString()
    }
  }
  throw new Error('the provider leads nowhere')
}
