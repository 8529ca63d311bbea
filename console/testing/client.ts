import { request } from 'undici'
import type { RunningConsole } from '../server.ts'
import type { Refusal, SessionRow, StreamEvent, StreamEvents } from '../wire.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: unknown
  /** Why it was refused; empty when it was not. */
  readonly code: string
}

/** A browser's part over real HTTP: cookies, origin and the token against forged requests. */
export interface ConsoleClient {
  cookie: string
  csrf: string
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  post(path: string, body: object, headers?: Readonly<Record<string, string>>): Promise<Answer>
  remove(path: string): Promise<Answer>
  /** With what the console printed. */
  signIn(): Promise<Answer>
  signInWith(token: string, clusters?: readonly string[]): Promise<Answer>
  /** Events of the stream from now on; ends when the stream does or the signal aborts. */
  events(path: string, signal: AbortSignal): AsyncGenerator<Told>
}

export type Told = { readonly [E in StreamEvent]: { event: E; data: StreamEvents[E] } }[StreamEvent]

export function createConsoleClient({ url, signInUrl }: RunningConsole): ConsoleClient {
  const call = async (
    method: 'GET' | 'POST' | 'DELETE' | 'PUT',
    path: string,
    { body, headers = {} }: { body?: object; headers?: Readonly<Record<string, string>> },
  ): Promise<Answer> => {
    const answer = await request(`${url}${path}`, {
      method,
      headers: { ...base(), ...(body === undefined ? {} : changing()), ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.body.text()
    const parsed = parse(text)
    const [set] = [answer.headers['set-cookie']].flat()
    if (set !== undefined) client.cookie = set.split(';')[0] ?? ''
    return {
      status: answer.statusCode,
      headers: answer.headers,
      body: parsed,
      code: answer.statusCode < 400 ? '' : ((parsed as Refusal | undefined)?.code ?? ''),
    }
  }
  const base = () => (client.cookie === '' ? {} : { cookie: client.cookie })
  const changing = () => ({
    origin: url,
    'content-type': 'application/json',
    'x-baton-csrf': client.csrf,
  })
  const enter = async (body: object): Promise<Answer> => {
    const answer = await call('POST', '/api/session', { body })
    if (answer.status === 200) client.csrf = (answer.body as SessionRow).csrf
    return answer
  }
  const client: ConsoleClient = {
    cookie: '',
    csrf: '',
    get: (path, headers = {}) => call('GET', path, { headers }),
    post: (path, body, headers = {}) => call('POST', path, { body, headers }),
    remove: (path) => call('DELETE', path, { body: {} }),
    signIn: () => enter({ key: signInUrl.split('#key=')[1] ?? '' }),
    signInWith: (token, clusters) =>
      enter({ token, ...(clusters === undefined ? {} : { clusters }) }),
    events: (path, signal) => listen(`${url}${path}`, base(), signal),
  }
  return client
}

async function* listen(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): AsyncGenerator<Told> {
  let rest = ''
  try {
    const answer = await request(url, { headers, signal })
    if (answer.statusCode !== 200) throw new Error(await answer.body.text())
    for await (const chunk of answer.body as AsyncIterable<Buffer>) {
      rest += chunk.toString()
      const blocks = rest.split('\n\n')
      rest = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, event, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? []
        if (event !== undefined) yield { event, data: JSON.parse(data ?? '') as unknown } as Told
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
