/** What happens to a pod around its toggles: `node journey.ts OUTSIDE`; the last line is what was seen. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, chmodSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runProgram } from '../../agent/interception/iptables/program.ts'
import { prepareNetwork } from '../../agent/interception/prepare.ts'
import { wanted } from '../../agent/interception/testing/wanted.ts'
import { jsonLogger } from '../../agent/log.ts'
import { HotPod, SLOTS } from '../../agent/testing/hotPod.ts'
import type { Interception } from '../../api/interception/desired.ts'
import type { InterceptionStatus } from '../../api/interception/status.ts'
import type { InterceptionHook } from '../../api/interception/hook.ts'
import { until } from '../../launcher/testing/until.ts'
import { interceptingEnvoy } from './envoy.ts'
import type { Journey } from './order.ts'
import { endPod, PORTS } from './scenario.ts'

const directory = mkdtempSync(join(tmpdir(), 'baton-journey-'))
chmodSync(directory, 0o777)
const calls: string[] = []
/** The app: it says of each hook whether its traffic was redirected at that moment. */
const app = createServer((request, response) => {
  void redirects().then((count) => {
    calls.push(`${request.url ?? ''} ${count > 0 ? 'on' : 'off'}`)
    response.writeHead(request.url === '/refuse' ? 500 : 200).end()
  })
})
await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve))
const { port } = app.address() as AddressInfo

async function redirects(): Promise<number> {
  const { stdout } = await runProgram('iptables-save', ['-t', 'nat'])
  return stdout.match(/-A BATON_OUTPUT -p tcp -j BATON_TO_OUTBOUND/g)?.length ?? 0
}

const hook = (path: string): InterceptionHook => {
  return { httpGet: { port, path }, timeoutSeconds: 30, onError: 'Abort' }
}
const hooks = {
  offline: hook('/offline'),
  online: hook('/online'),
  gracefulClose: hook('/gracefulClose'),
}
const base = { hooks, drain: { timerSeconds: 0 } }
const on = wanted(base)
const off = wanted({ ...base, enabled: false })

const log = jsonLogger(() => undefined)
await prepareNetwork({ annotation: undefined, families: ['v4', 'v6'], run: runProgram, log })
const pod = await HotPod.create({
  command: await interceptingEnvoy('1.38.3', join(directory, 'envoy.json'), PORTS),
  intercepts: true,
  privatePorts: [[PORTS.admin, PORTS.admin + 1]],
})
const seen: { -readonly [K in keyof Journey]?: Journey[K] } = {}
try {
  await pod.intercept(off)
  await pod.order('initial', 'proxy-1')
  await pod.reaches('initial', 'Settled')
  await pod.intercepted(off)

  await pod.intercept(on)
  await pod.intercepted(on)
  await pod.intercept(off)
  await pod.intercepted(off)
  seen.calls = [...calls]

  // Given up: the app refuses to leave, and is told to come back.
  const refused = wanted({ ...base, hooks: { ...hooks, offline: hook('/refuse') } })
  await pod.intercept(refused)
  const { state, lastToggle } = await pod.intercepted(refused)
  seen.refused = [state, lastToggle?.reason ?? '', String(await redirects())]

  // A program of the proxy's image: what does not matter is told, what hangs is killed and matters.
  const program = (
    command: readonly string[],
    onError: InterceptionHook['onError'],
    timeoutSeconds = 30,
  ) => wanted({ ...base, hooks: { offline: { exec: { command }, timeoutSeconds, onError } } })
  const told = async (order: Interception): Promise<string> => {
    await pod.intercept(order)
    const { state, lastToggle } = await pod.intercepted(order)
    return [state, ...(lastToggle?.hooks ?? []).map(({ outcome }) => outcome)].join(' ')
  }
  seen.programs = [
    await told(program(['sleep', '600'], 'Abort', 1)),
    await told(program(['false'], 'Continue')),
    await told(off),
  ]

  await pod.intercept(on)
  for (let kills = 0; kills < 3; kills += 1) await pod.killAgent()
  seen.afterKills = (await pod.intercepted(on)).state

  // At one instant: a look of the agent between two of them would be a repair more.
  const taken = '*nat\n-F BATON_OUTPUT\n-D PREROUTING -p tcp -j BATON_INBOUND\nCOMMIT\n'
  const { code, stderr } = await runProgram('iptables-restore', ['--noflush'], taken)
  if (code !== 0) throw new Error(stderr)
  const repaired = await status((one) => one.repairs > 0 && one.verified)
  seen.repairs = [repaired.repairs, await redirects()]

  // Both slots gone: nobody can serve, though the keeper holds the listeners.
  for (const slot of SLOTS) pod.slot(slot).kill('SIGKILL')
  await until('nothing is redirected', async () => (await redirects()) === 0)
  seen.readyWithoutProxy = (await pod.get('/readyz')).status
  seen.bypasses = (await status((one) => one.state === 'Bypassed')).bypasses
  const command = await interceptingEnvoy('1.38.3', join(directory, 'envoy.json'), PORTS)
  for (const slot of SLOTS) await pod.startSlot(slot, command)
  seen.backOn = (await status((one) => one.state === 'On' && one.verified)).state
  seen.metrics = (await pod.get('/metrics')).body
    .split('\n')
    .filter((line) => /^baton_interception_(repairs|bypasses|toggles)_total/.test(line))
  console.log(JSON.stringify(seen))
} catch (error) {
  console.error(pod.output.split('\n').slice(-60).join('\n'))
  throw error
} finally {
  await endPod(pod)
  app.close()
  rmSync(directory, { recursive: true, force: true })
}

async function status(
  isWanted: (status: InterceptionStatus) => boolean,
): Promise<InterceptionStatus> {
  return await until(
    'the agent tells it',
    async () => {
      const { interception } = await pod.status()
      return interception !== undefined && isWanted(interception) ? interception : undefined
    },
    60_000,
  )
}
