import { expect } from 'chai'
import { CliError } from '../cliError.ts'
import type { Io } from '../commandline/command.ts'
import { parse } from '../commandline/parse.ts'
import { consoleOptions } from './consoleOptions.ts'
import { commands } from './index.ts'

const env = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' }

function optionsOf(line: string) {
  const parsed = parse(['console', ...line.split(' ').filter((word) => word !== '')], commands)
  if (parsed.kind !== 'run') throw new Error('nothing to run')
  const io = { env, warn: () => undefined } as unknown as Io
  const { operands, flags } = parsed
  const call = { operands, flags, io, forPeople: true, cluster: () => expect.fail('asked') }
  return consoleOptions(call)
}

function told(line: string): string {
  try {
    optionsOf(line)
  } catch (error) {
    return error instanceof CliError ? `${error.message}: ${error.remedy ?? ''}` : String(error)
  }
  return ''
}

describe('the options of the console', () => {
  const refused = {
    '--in-cluster here --sign-in kubeconfig': /no user of a kubeconfig to act as/,
    '--in-cluster here --tls-cert a': /--tls-cert is given alone/,
    '--in-cluster here --tls-key a': /--tls-key is given alone/,
    '--in-cluster here --oidc-issuer https://id': /--oidc-issuer is given alone/,
    '--in-cluster here --oidc-issuer https://id --oidc-client-id a --oidc-ca /nowhere':
      /--oidc-ca is "\/nowhere"/,
    '--in-cluster here --oidc-clusters here': /--oidc-clusters is given without a provider/,
    '--in-cluster here --health-port x': /--health-port is "x"/,
    '--in-cluster here --port 70000': /--port is "70000"/,
    // A developer's machine has no such file: the address is found, the CA is not.
    '--in-cluster here': /the CA of the cluster cannot be read/,
  }
  for (const [line, message] of Object.entries(refused)) {
    it(`say what is wrong with ${line}`, () => {
      expect(told(line)).to.match(message)
    })
  }
})
