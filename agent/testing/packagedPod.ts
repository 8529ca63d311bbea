import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DesiredContainer } from '../../api/desired.ts'
import type { ProxyRelease } from '../../build/setup/proxyPackages.ts'
import { until } from '../../launcher/testing/until.ts'
import type { Lane, Load, Origin } from '../../test/ledger/index.ts'
import { startLoad, startOrigin } from '../../test/ledger/index.ts'
import { packagedProgram } from '../../test/proxies/packaged.ts'
import { LauncherClient } from '../launcher/client.ts'
import { haproxyConfiguration } from './haproxy.ts'
import { HotPod, SLOTS } from './hotPod.ts'
import { LEAVING_FILE, nginxConfiguration } from './nginx.ts'
import { freePorts } from '../../launcher/testing/ports.ts'

/** What the configurations of the packaged proxies have in common. */
export interface PackagedPorts {
  /** HTTP/1.1. */
  readonly http: number
  /** HTTP/2 without TLS. */
  readonly http2: number
  readonly tcp: number
}

/** A pod whose proxies are HAProxy or nginx of two releases, with the ledger's origin behind them. */
export interface PackagedPod {
  readonly pod: HotPod
  readonly ports: PackagedPorts
  readonly command: (release: ProxyRelease) => Promise<readonly string[]>
  /** Each process has a place of its own here, named by its BATON_INSTANCE. */
  readonly directory: string
  /** Fields of an order that drains in the way of this proxy. */
  readonly drain: (timerSeconds: number, maxSeconds: number) => DesiredContainer['drain']
  /** Starts clients of HTTP, and resolves when they have been answered for a while. */
  readonly load: () => Promise<Load>
  end(): Promise<void>
}

/** Small, for machines that are shared; test/matrix sends far more. */
const lanes: readonly Lane[] = [
  { kind: 'short', perSecond: 100 },
  { kind: 'keepalive', connections: 5, gapMs: 0, perSecond: 100 },
  { kind: 'keepalive-idle', connections: 10, gapMs: 700 },
  { kind: 'http2', connections: 2, gapMs: 100 },
  { kind: 'slow', perSecond: 2, durationMs: 2000 },
  { kind: 'upload', perSecond: 1, durationMs: 2000 },
]

/** @param first release of the process that serves at first */
export async function packagedPod(
  name: 'haproxy' | 'nginx',
  first: ProxyRelease,
): Promise<PackagedPod> {
  const [http = 0, http2 = 0, tcp = 0] = await freePorts(3)
  const ports = { http, http2, tcp }
  const directory = mkdtempSync(join(tmpdir(), `baton-${name}-`))
  chmodSync(directory, 0o777)
  const origin = await startOrigin()
  const command: PackagedPod['command'] = (release) =>
    name === 'haproxy'
      ? haproxyCommand(directory, release, ports, origin)
      : nginxCommand(directory, release, ports, origin)
  const method: DesiredContainer['drain']['method'] =
    name === 'haproxy' ? { haproxy: { socket: socketIn(directory) } } : { nginx: {} }
  const drain: PackagedPod['drain'] = (timerSeconds, maxSeconds) => {
    return { timerSeconds, maxSeconds, method }
  }
  const pod = await HotPod.create({ command: await command(first), drain: drain(15, 60) })
  const loads: Load[] = []
  const load: PackagedPod['load'] = async () => {
    const targets = { http: [local(http)], http2: [local(http2)] }
    const running = await startLoad({ targets, lanes })
    loads.push(running)
    await until('the load runs', async () => (await running.snapshot()).total.ok > 200)
    return running
  }
  const end = async (): Promise<void> => {
    for (const running of loads) running.abort()
    await endProxies(pod)
    await pod.end()
    await origin.close()
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await pod.order('initial', 'proxy-1')
    await pod.reaches('initial', 'Settled')
  } catch (error) {
    await end()
    throw error
  }
  return { pod, ports, command, directory, drain, load, end }
}

const local = (port: number) => ({ host: '127.0.0.1', port })

/**
 * Workers of nginx outlive their master, and a launcher that is killed: in a container they would
 * not.
 */
async function endProxies(pod: HotPod): Promise<void> {
  await pod.keeper.end()
  for (const slot of SLOTS) {
    const client = new LauncherClient(join(pod.runDir, 'proxy', `${slot}.sock`))
    await client.stop(0).catch(() => undefined)
    await pod.idles(slot).catch(() => undefined)
  }
}

const socketIn = (directory: string): string => join(directory, '$(BATON_INSTANCE).sock')

async function haproxyCommand(
  directory: string,
  release: ProxyRelease,
  ports: PackagedPorts,
  upstream: Origin,
): Promise<readonly string[]> {
  const file = join(directory, `${release}.cfg`)
  await writeFile(file, haproxyConfiguration({ directory, release, ports, upstream }))
  return [packagedProgram('haproxy', release).path, '-W', '-db', '-f', file]
}

async function nginxCommand(
  directory: string,
  release: ProxyRelease,
  ports: PackagedPorts,
  upstream: Origin,
): Promise<readonly string[]> {
  const program = packagedProgram('nginx', release)
  const file = join(directory, `${release}.conf`)
  await writeFile(file, nginxConfiguration({ release, ports, upstream, program }))
  const prefix = `${directory}/$BATON_INSTANCE`
  const prepare = `mkdir -p ${prefix} && rm -f ${prefix}/${LEAVING_FILE}`
  return ['sh', '-c', `${prepare} && exec ${program.path} -p ${prefix}/ -c ${file} -e stderr`]
}
