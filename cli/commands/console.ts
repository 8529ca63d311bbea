import { signIns } from '../../console/wire.ts'
import { usageError } from '../cliError.ts'
import type { Call, Command } from '../commandline/command.ts'
import { DOCUMENT_VERSION, documentOf, flag, list, oneOf, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'
import { consoleOptions, DEFAULT_PORT } from './consoleOptions.ts'

const document = documentOf('Console', 'A console that was served until it was stopped.', {
  url: text('Where it was.'),
  signIn: oneOf('As whom it acts: see --sign-in.', ...signIns),
  readOnly: flag('No changes were possible.'),
  clusters: list('Contexts that it showed.', text('Name of one.')),
})
type ConsoleDocument = ShapeOf<typeof document>

export const consoleCommand: Command = {
  name: 'console',
  summary: 'Serve a page that shows and steers the rollouts of several clusters.',
  about: [
    'Shows the clusters of the kubeconfig, their sets and apps, and every pod with its slots and handovers as they happen. It listens on 127.0.0.1 and prints an address with a key: whoever has it acts as the user of the kubeconfig, nobody else can.',
    'With --sign-in=token, as for several users, each brings a bearer token, and with --sign-in=oidc each signs in at a provider; the credentials of the kubeconfig are not used then. Every call to a cluster is made as the user; what the user may not do is not offered.',
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
      summary:
        'Defaults to 127.0.0.1. Others need users who sign in, and TLS: --tls-cert or an https --external-url.',
    },
    'external-url': {
      type: 'string',
      value: 'URL',
      summary: 'What users open when it is behind a proxy: https://console.example.com.',
    },
    'allowed-host': {
      type: 'string',
      value: 'NAME',
      multiple: true,
      summary: 'Answer under this name too, such as localhost:9000 of a port-forward.',
    },
    'tls-cert': {
      type: 'string',
      value: 'FILE',
      summary: 'Serve TLS with this certificate (PEM); a renewed one is taken up.',
    },
    'tls-key': { type: 'string', value: 'FILE', summary: 'The key of --tls-cert.' },
    'in-cluster': {
      type: 'string',
      value: 'NAME',
      summary:
        'In a pod: show its cluster under this name, by address and CA alone; the service account is not used. Others come from --kubeconfig, which must hold no credentials.',
    },
    'health-port': {
      type: 'string',
      value: 'PORT',
      summary: 'Answer /healthz and /readyz there, at all addresses.',
    },
    'sign-in': {
      type: 'string',
      value: 'HOW',
      choices: signIns,
      summary:
        'kubeconfig: act as its user. token: each user brings one. oidc: each signs in at an OpenID Connect provider.',
    },
    'oidc-issuer': {
      type: 'string',
      value: 'URL',
      summary: 'With --sign-in=oidc: the provider, as the API servers know it.',
    },
    'oidc-client-id': {
      type: 'string',
      value: 'ID',
      summary: 'As what the provider, and the API servers, know the console.',
    },
    'oidc-client-secret-file': {
      type: 'string',
      value: 'FILE',
      summary: 'Its secret. Defaults to none: a public client with PKCE.',
    },
    'oidc-scope': {
      type: 'string',
      value: 'SCOPE',
      multiple: true,
      summary: 'Ask for this too, such as groups or offline_access.',
    },
    'oidc-ca': {
      type: 'string',
      value: 'FILE',
      summary: 'Trust this CA (PEM) for the provider, and no other.',
    },
    'oidc-clusters': {
      type: 'string',
      value: 'NAMES',
      summary:
        'Contexts that trust the provider, such as a,b: no other is sent its tokens, and all of them are ticked when somebody signs in. Defaults to all that are shown, none of them ticked.',
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

async function serve(call: Call): Promise<ConsoleDocument> {
  const { io, forPeople } = call
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
  const options = consoleOptions(call)
  const running = await startConsole({ ...options, assets })
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
    readOnly: options.readOnly ?? false,
    clusters: running.clusters,
  }
}
