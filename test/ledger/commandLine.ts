import { parseArgs } from 'node:util'
import { LedgerError } from './error.ts'
import { kinds, type Kind } from './lane.ts'
import type { GeneratorOptions } from './options.ts'
import { lightProfile, standardProfile } from './profile.ts'
import { parseTarget, type Target } from './target.ts'

export const usage = `ledger: an open-loop load that never retries and accounts for every request

usage: node test/ledger/main.ts --target HOST:PORT [option...]

  --target HOST:PORT      HTTP target; several are used in turn
  --http2 HOST:PORT       target of the http2 kinds (default: --target)
  --tcp HOST:PORT         target of the kind tcp; adds raw TCP echo to the profile
  --seconds N             how long to send (default 10)
  --profile NAME          standard (640 requests/s) or light (190/s, for Services)
  --scale N               multiplies the profile (default 1)
  --stream                adds 30-second responses
  --kinds A,B             only these: ${kinds.join(', ')}
  --local-address IP      source address; several are used in turn
  --timeout-ms N          limit beyond a request's own duration (default 8000)
  --json                  one JSON document instead of the table
  --stdio                 commanded over stdin by another program

Exit code: 0 nothing lost, 1 something lost or skipped, 2 wrong usage.
`

export type Invocation =
  | { readonly mode: 'help' }
  | { readonly mode: 'stdio' }
  | {
      readonly mode: 'run'
      readonly json: boolean
      readonly seconds: number
      readonly options: GeneratorOptions
    }

/** Throws LEDGER_BAD_OPTION with what is wrong. */
export function parseCommandLine(args: readonly string[]): Invocation {
  const { values } = parse(args)
  if (values.help) return { mode: 'help' }
  if (values.stdio) return { mode: 'stdio' }
  const http = values.target.map((text) => target('--target', text))
  if (http.length === 0) throw bad('--target HOST:PORT is missing')
  const http2 = values.http2.map((text) => target('--http2', text))
  const tcp = values.tcp.map((text) => target('--tcp', text))
  const timeoutMs = values['timeout-ms']
  return {
    mode: 'run',
    json: values.json,
    seconds: number('--seconds', values.seconds),
    options: {
      targets: {
        http,
        ...(http2.length > 0 ? { http2 } : {}),
        ...(tcp.length > 0 ? { tcp } : {}),
      },
      lanes: lanes(values.profile, number('--scale', values.scale), {
        stream: values.stream,
        tcp: tcp.length > 0,
        kinds: values.kinds,
      }),
      localAddresses: values['local-address'],
      ...(timeoutMs === undefined ? {} : { timeoutMs: number('--timeout-ms', timeoutMs) }),
    },
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        stdio: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        stream: { type: 'boolean', default: false },
        target: { type: 'string', multiple: true, default: [] },
        http2: { type: 'string', multiple: true, default: [] },
        tcp: { type: 'string', multiple: true, default: [] },
        'local-address': { type: 'string', multiple: true, default: [] },
        seconds: { type: 'string', default: '10' },
        profile: { type: 'string', default: 'standard' },
        scale: { type: 'string', default: '1' },
        kinds: { type: 'string' },
        'timeout-ms': { type: 'string' },
      },
    })
  } catch (error) {
    throw bad(error instanceof Error ? error.message : 'unusable arguments')
  }
}

function lanes(
  profile: string,
  scale: number,
  extra: { readonly stream: boolean; readonly tcp: boolean; readonly kinds: string | undefined },
): GeneratorOptions['lanes'] {
  const make = { standard: standardProfile, light: lightProfile }[profile]
  if (make === undefined) throw bad(`--profile ${profile} is neither standard nor light`)
  const wanted = extra.kinds?.split(',').map(kind)
  const stream = extra.stream || wanted?.includes('stream') === true
  const all = make({ scale, stream, tcp: extra.tcp })
  return wanted === undefined ? all : all.filter((lane) => wanted.includes(lane.kind))
}

function kind(text: string): Kind {
  const found = kinds.find((known) => known === text)
  if (found === undefined) throw bad(`--kinds ${text} is not one of ${kinds.join(', ')}`)
  return found
}

function target(name: string, text: string): Target {
  const parsed = parseTarget(text)
  if (parsed === undefined) throw bad(`${name} ${text} is not HOST:PORT`)
  return parsed
}

function number(name: string, text: string): number {
  const parsed = Number(text)
  if (!Number.isFinite(parsed) || parsed <= 0) throw bad(`${name} ${text} is not above 0`)
  return parsed
}

function bad(message: string): LedgerError {
  return new LedgerError('LEDGER_BAD_OPTION', message)
}
