import { parseArgs, type ParseArgsConfig } from 'node:util'
import { LedgerError } from './error.ts'
import { kinds, type Kind } from './lane.ts'
import type { GeneratorOptions } from './options.ts'
import type { OriginPorts } from './origin.ts'
import { lightProfile, standardProfile, type ProfileOptions } from './profile.ts'
import { parseTarget, type Target } from './target.ts'

export const usage = `ledger: an open-loop load that never retries and accounts for every request

usage: node test/ledger/main.ts --target HOST:PORT [option...]

  --target HOST:PORT      HTTP target; several are used in turn
  --http2 HOST:PORT       target of the http2 kinds (default: --target)
  --tcp HOST:PORT         target of the kind tcp; adds raw TCP echo to the profile
  --grpc HOST:PORT        target of the grpc kinds (default: --http2); adds them to the profile
  --websocket HOST:PORT   target of the kind websocket (default: --target); adds it
  --dubbo HOST:PORT       target of the kind dubbo; adds it to the profile
  --seconds N             how long to send (default 10)
  --profile NAME          standard (640 requests/s) or light (190/s, for Services)
  --scale N               multiplies the profile (default 1)
  --stream                adds 30-second responses
  --kinds A,B             only these: ${kinds.join(', ')}
  --local-address IP      source address; several are used in turn
  --timeout-ms N          limit beyond a request's own duration (default 8000)
  --json                  one JSON document instead of the table
  --stdio                 commanded over stdin by another program

usage: node test/ledger/main.ts origin [option...]

A server for all of it, until stdin ends or SIGTERM. It prints its addresses as one JSON document.

  --host IP               where to listen (default 127.0.0.1)
  --http-port N           HTTP/1.1, WebSocket, HTTP/2 and gRPC; free ones by default, as below
  --grpc-port N           HTTP/2 and gRPC
  --tcp-port N            raw TCP echo
  --dubbo-port N          Dubbo 2

Exit code: 0 nothing lost, 1 something lost or skipped, 2 wrong usage.
`

export type Invocation =
  | { readonly mode: 'help' }
  | { readonly mode: 'stdio' }
  | { readonly mode: 'origin'; readonly host: string; readonly ports: OriginPorts }
  | {
      readonly mode: 'run'
      readonly json: boolean
      readonly seconds: number
      readonly options: GeneratorOptions
    }

/** Throws LEDGER_BAD_OPTION with what is wrong. */
export function parseCommandLine(args: readonly string[]): Invocation {
  if (args[0] === 'origin') return parseOrigin(args.slice(1))
  const { values } = parse(args, loadOptions)
  if (values.help) return { mode: 'help' }
  if (values.stdio) return { mode: 'stdio' }
  const http = values.target.map((text) => target('--target', text))
  if (http.length === 0) throw bad('--target HOST:PORT is missing')
  const special = {
    http2: values.http2.map((text) => target('--http2', text)),
    tcp: values.tcp.map((text) => target('--tcp', text)),
    grpc: values.grpc.map((text) => target('--grpc', text)),
    websocket: values.websocket.map((text) => target('--websocket', text)),
    dubbo: values.dubbo.map((text) => target('--dubbo', text)),
  }
  const timeoutMs = values['timeout-ms']
  return {
    mode: 'run',
    json: values.json,
    seconds: number('--seconds', values.seconds),
    options: {
      targets: {
        http,
        ...Object.fromEntries(Object.entries(special).filter(([, targets]) => targets.length > 0)),
      },
      lanes: lanes(values.profile, number('--scale', values.scale), {
        stream: values.stream,
        tcp: special.tcp.length > 0,
        grpc: special.grpc.length > 0,
        websocket: special.websocket.length > 0,
        dubbo: special.dubbo.length > 0,
        kinds: values.kinds,
      }),
      localAddresses: values['local-address'],
      ...(timeoutMs === undefined ? {} : { timeoutMs: number('--timeout-ms', timeoutMs) }),
    },
  }
}

const text = { type: 'string' } as const
const texts = { type: 'string', multiple: true, default: [] as string[] } as const
const flag = { type: 'boolean', default: false } as const

const loadOptions = {
  help: { ...flag, short: 'h' },
  stdio: flag,
  json: flag,
  stream: flag,
  target: texts,
  http2: texts,
  tcp: texts,
  grpc: texts,
  websocket: texts,
  dubbo: texts,
  'local-address': texts,
  seconds: { ...text, default: '10' },
  profile: { ...text, default: 'standard' },
  scale: { ...text, default: '1' },
  kinds: text,
  'timeout-ms': text,
} as const

const originOptions = {
  host: { ...text, default: '127.0.0.1' },
  'http-port': text,
  'grpc-port': text,
  'tcp-port': text,
  'dubbo-port': text,
} as const

function parseOrigin(args: readonly string[]): Invocation {
  const { values } = parse(args, originOptions)
  const names = ['http', 'grpc', 'tcp', 'dubbo'] as const
  const ports = names.flatMap((name) => {
    const port = values[`${name}-port`]
    return port === undefined ? [] : [[name, number(`--${name}-port`, port)]]
  })
  return { mode: 'origin', host: values.host, ports: Object.fromEntries(ports) as OriginPorts }
}

function parse<Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], strict: true, options })
  } catch (error) {
    throw bad(error instanceof Error ? error.message : 'unusable arguments')
  }
}

function lanes(
  profile: string,
  scale: number,
  extra: Omit<ProfileOptions, 'scale'> & { readonly kinds: string | undefined },
): GeneratorOptions['lanes'] {
  const make = { standard: standardProfile, light: lightProfile }[profile]
  if (make === undefined) throw bad(`--profile ${profile} is neither standard nor light`)
  const wanted = extra.kinds?.split(',').map(kind)
  const asked = (name: 'stream' | 'grpc' | 'websocket') =>
    extra[name] === true || wanted?.includes(name) === true
  const all = make({
    scale,
    stream: asked('stream'),
    tcp: extra.tcp === true,
    grpc: asked('grpc') || wanted?.includes('grpc-stream') === true,
    websocket: asked('websocket'),
    dubbo: extra.dubbo === true,
  })
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
