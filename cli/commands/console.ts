import type { Fields, Logger } from '../../runtime/logging/logger.ts'
import { usageError } from '../cliError.ts'
import { loadKubeConfig, useContext } from '../cluster/kubeconfig.ts'
import type { Call, Command } from '../commandline/command.ts'
import { DOCUMENT_VERSION, documentOf, flag, list, oneOf, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'

const signIns = ['kubeconfig', 'token'] as const

const document = documentOf('Console', 'A console that was served until it was stopped.', {
  url: text('Where it was.'),
  signIn: oneOf('As whom it acts: see --sign-in.', ...signIns),
  readOnly: flag('No changes were possible.'),
  clusters: list('Contexts that it showed.', text('Name of one.')),
})
type ConsoleDocument = ShapeOf<typeof document>

const DEFAULT_PORT = 8011

export const consoleCommand: Command = {
  name: 'console',
  summary: 'Serve a page that shows and steers the rollouts of several clusters.',
  about: [
    'Shows the clusters of the kubeconfig, their sets and apps, and every pod with its slots and handovers as they happen. It listens on 127.0.0.1 and prints an address with a key: whoever has it acts as the user of the kubeconfig, nobody else can.',
    'With --sign-in=token, as for several users, each brings a bearer token, and the credentials of the kubeconfig are not used. Every call to a cluster is made as the user; what the user may not do is not offered.',
    'It runs until it is stopped, by Ctrl-C.',
  ],
  operands: [],
  options: {
    port: {
      type: 'string',
      value: 'PORT',
      summary: `0 takes any free one. Defaults to ${DEFAULT_PORT}.`,
    },
    listen: {
      type: 'string',
      value: 'ADDRESS',
      summary: 'Defaults to 127.0.0.1. Others need --sign-in=token and --external-url.',
    },
    'external-url': {
      type: 'string',
      value: 'URL',
      summary: 'What users open when it is behind a proxy: https://console.example.com.',
    },
    'sign-in': {
      type: 'string',
      value: 'HOW',
      choices: signIns,
      summary: 'kubeconfig: act as its user. token: each user brings one.',
    },
    contexts: {
      type: 'string',
      value: 'NAMES',
      summary: 'Show only these contexts of the kubeconfig, such as a,b. Defaults to all.',
    },
    'read-only': { type: 'boolean', summary: 'Offer and accept no change.' },
    as: { type: 'string', value: 'USER', summary: 'Impersonate this user in every call.' },
    'as-group': {
      type: 'string',
      value: 'GROUP',
      multiple: true,
      summary: 'With --as: a group of that user.',
    },
    session: {
      type: 'string',
      value: 'TIME',
      summary: 'Users sign in again after so long. Defaults to 8h.',
    },
  },
  examples: [
    { means: 'All clusters of the kubeconfig', line: 'console' },
    { means: 'Two of them, to look at', line: 'console --contexts east,west --read-only' },
  ],
  access: [
    'get, list and watch sidecarsets; what else is shown or offered: see docs/guides/console.md',
  ],
  document,
  run: async (call) => {
    const found = await serve(call)
    return { exit: 'complete', document: found, text: 'stopped' }
  },
}

async function serve({ flags, io, forPeople }: Call): Promise<ConsoleDocument> {
  // Most commands never need a web server: it is loaded when one is asked for.
  const { bundledAssets } = await import('../../console/http/assets.ts')
  const { startConsole } = await import('../../console/server.ts')
  const assets = bundledAssets()
  if (assets === undefined) {
    throw usageError(
      'this program runs from its sources, which hold no page',
      'start dist/cli.js, which npm run setup makes',
    )
  }
  const kubeConfig = loadKubeConfig({ kubeconfig: flags.text('kubeconfig'), env: io.env })
  const contexts = contextsOf({ contexts: flags.text('contexts'), context: flags.text('context') })
  for (const name of contexts ?? []) useContext(kubeConfig, name)
  const readOnly = flags.has('read-only')
  const user = flags.text('as')
  const signIn = signIns.find((one) => one === flags.text('sign-in'))
  const running = await startConsole({
    kubeConfig,
    assets,
    readOnly,
    logger: loggerTo(io.warn),
    port: portOf(flags.text('port')),
    ...given('contexts', contexts),
    ...given('host', flags.text('listen')),
    ...given('externalUrl', flags.text('external-url')),
    ...given('signIn', signIn),
    ...given('sessionMs', flags.duration('session')),
    ...given(
      'impersonation',
      user === undefined ? undefined : { user, groups: flags.texts('as-group') },
    ),
  })
  if (forPeople) io.print(`${running.signInUrl}\n`)
  await new Promise<void>((resolve) => {
    if (io.signal.aborted) resolve()
    io.signal.addEventListener('abort', () => {
      resolve()
    })
  })
  await running.close()
  return {
    apiVersion: DOCUMENT_VERSION,
    kind: 'Console',
    url: running.url,
    signIn: running.signIn,
    readOnly,
    clusters: running.clusters,
  }
}

/** Faults of the console itself, a line each; what users are refused they see. */
function loggerTo(warn: (text: string) => void): Logger {
  const say = (message: string, { error, path = '' }: Fields = {}): void => {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error)
    warn(`console: ${message} ${String(path)}: ${why}\n`)
  }
  const logger: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: say,
    error: say,
    with: () => logger,
  }
  return logger
}

function contextsOf(asked: {
  readonly contexts: string | undefined
  readonly context: string | undefined
}): readonly string[] | undefined {
  const text = asked.contexts ?? asked.context
  return text?.split(',').map((name) => name.trim())
}

function portOf(text = String(DEFAULT_PORT)): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw usageError(`--port is "${text}", which is no port`, 'write a number from 0 to 65535')
}

/** An option, if it was given. */
function given<K extends string, V>(name: K, value: V | undefined): { readonly [P in K]?: V } {
  return (value === undefined ? {} : { [name]: value }) as { readonly [P in K]?: V }
}
