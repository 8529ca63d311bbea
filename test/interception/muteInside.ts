/** A proxy that accepts and answers nobody, in the network of a pod: its last line is what became of it. */
import { get } from 'node:http'
import { join } from 'node:path'
import { runProgram } from '../../agent/interception/iptables/program.ts'
import { prepareNetwork } from '../../agent/interception/prepare.ts'
import { wanted } from '../../agent/interception/testing/wanted.ts'
import { jsonLogger } from '../../agent/log.ts'
import type { HotPodOptions } from '../../agent/testing/hotPod.ts'
import { HotPod } from '../../agent/testing/hotPod.ts'
import type { InterceptionStatus } from '../../api/interception/status.ts'
import { until } from '../../launcher/testing/until.ts'
import type { MuteProxy } from './order.ts'
import { endPod, PORTS } from './scenario.ts'

const LIMIT_MS = 60_000
/** Until the next process listens: one that is replaced within 0.3 s is not worth a bypass. */
const START_MS = 2_000
/** Looks of the agent at a proxy that is not probed. */
const LOOKS = 6
const ports = [PORTS.inbound, PORTS.outbound]
const program = join(import.meta.dirname, '../../agent/testing/programs/proxy.ts')

/** What is done with a pod whose proxy has answered its last request. */
async function withMute<T>(
  probes: NonNullable<HotPodOptions['probes']>,
  then: (pod: HotPod) => Promise<T>,
): Promise<T> {
  const command = [process.execPath, program, 'v1', String(START_MS), ...ports.map(String)]
  const pod = await HotPod.create({ command, intercepts: true, probes })
  try {
    const on = wanted({ drain: { timerSeconds: 0 } })
    await pod.intercept(on)
    await pod.order('initial', 'proxy-1')
    await pod.reaches('initial', 'Settled')
    await pod.intercepted(on)
    await status(pod, ({ state, verified }) => state === 'On' && verified)
    get({ host: '127.0.0.1', port: PORTS.inbound, path: '/mute' }).on('error', () => undefined)
    return await then(pod)
  } catch (cause) {
    throw new Error(pod.output.slice(-6000), { cause })
  } finally {
    await endPod(pod)
  }
}

function status(
  pod: HotPod,
  isWanted: (status: InterceptionStatus) => boolean,
): Promise<InterceptionStatus> {
  const told = async (): Promise<InterceptionStatus | undefined> => {
    const { interception } = await pod.status()
    return interception !== undefined && isWanted(interception) ? interception : undefined
  }
  return until('the agent tells it', told, LIMIT_MS)
}

async function redirects(): Promise<number> {
  const { stdout } = await runProgram('iptables-save', ['-t', 'nat'])
  return stdout.match(/-A BATON_OUTPUT -p tcp -j BATON_TO_OUTBOUND/g)?.length ?? 0
}

// The program listens on IPv4 alone.
await runProgram('ip', ['-6', 'address', 'flush', 'scope', 'global'])
const log = jsonLogger(() => undefined)
await prepareNetwork({ annotation: undefined, families: ['v4', 'v6'], run: runProgram, log })

const httpGet = { port: PORTS.inbound, path: '/' }
const livenessProbe = { httpGet, periodSeconds: 1, failureThreshold: 2, timeoutSeconds: 2 }
const probed = await withMute({ livenessProbe }, async (pod) => {
  const { message } = await status(pod, ({ state }) => state === 'Bypassed')
  await until('nothing is redirected', async () => (await redirects()) === 0, LIMIT_MS)
  const back = await status(pod, ({ state, verified }) => state === 'On' && verified)
  return { message, redirects: await redirects(), bypasses: back.bypasses }
})
const unprobed = await withMute({}, async (pod) => {
  const looks = new Set<string>()
  const { bypasses } = await status(pod, ({ probe }) => {
    looks.add(probe?.at ?? '')
    return looks.size >= LOOKS
  })
  return { redirects: await redirects(), bypasses }
})
const seen: MuteProxy = { probed, unprobed }
console.log(JSON.stringify(seen))
