import { parseArgs } from 'node:util'
import { CLIENTS } from './clients.ts'
import type { Method } from './row.ts'
import { METHODS } from './row.ts'

export const HELP = `npm run bench:handover -- [--only PROXY[/CLIENT]]... [--method METHOD]... [option]...

Hands real proxies over between two versions, back and forth, under an open-loop load that never
retries: by Baton's launcher and agent, by the proxy's own reload, and by stopping and starting it,
which must lose. Prints the table and writes docs/handover-matrix.md when the whole matrix was run.

  --only PROXY[/CLIENT]  only this proxy, or only this client of it; several are allowed
  --method METHOD        ${METHODS.join(', ')}; several are allowed
  --requests N           of each client, at least (default 20000)
  --rate N               requests a second of each client (default 160)
  --upgrades N           of each run, at least (default 3)
  --resume               keep the runs of an earlier, unfinished matrix
  --report               write the page of what was measured so far, and measure nothing
  --json                 the results as one JSON document on standard output

Clients: ${CLIENTS.map(({ name }) => name).join(', ')}
Results are kept as they come in dist/handover-matrix.json: a killed matrix loses one run.

Examples
  npm run bench:handover
  npm run bench:handover -- --only nginx/short --requests 2000
  npm run bench:handover -- --resume
`

export interface MatrixOptions {
  readonly help: boolean
  readonly only: readonly { readonly proxy: string; readonly client?: string }[]
  readonly methods: readonly Method[]
  readonly requests: number
  readonly perSecond: number
  readonly upgrades: number
  readonly resume: boolean
  readonly reportOnly: boolean
  readonly json: boolean
}

/** Errors: TypeError that names the option and what it may be. */
export function parseOptions(args: readonly string[]): MatrixOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      only: { type: 'string', multiple: true, default: [] },
      method: { type: 'string', multiple: true, default: [] },
      requests: { type: 'string', default: '20000' },
      rate: { type: 'string', default: '160' },
      upgrades: { type: 'string', default: '3' },
      resume: { type: 'boolean', default: false },
      report: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  })
  return {
    help: values.help,
    only: values.only.map(parseOnly),
    methods: values.method.length === 0 ? METHODS : values.method.map(parseMethod),
    requests: positive('--requests', values.requests),
    perSecond: positive('--rate', values.rate),
    upgrades: positive('--upgrades', values.upgrades),
    resume: values.resume,
    reportOnly: values.report,
    json: values.json,
  }
}

function parseOnly(text: string): MatrixOptions['only'][number] {
  const [proxy = '', client] = text.split('/')
  if (client === undefined) return { proxy }
  if (CLIENTS.some(({ name }) => name === client)) return { proxy, client }
  const names = CLIENTS.map(({ name }) => name).join(', ')
  throw new TypeError(`--only ${text}: there is no client '${client}'; use one of ${names}`)
}

function parseMethod(text: string): Method {
  const method = METHODS.find((known) => known === text)
  if (method !== undefined) return method
  throw new TypeError(`--method ${text}: use one of ${METHODS.join(', ')}`)
}

function positive(name: string, text: string): number {
  const number = Number(text)
  if (Number.isInteger(number) && number > 0) return number
  throw new TypeError(`${name} ${text}: use a whole number above 0`)
}
