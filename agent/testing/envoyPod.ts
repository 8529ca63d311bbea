import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DesiredContainer } from '../../api/desired.ts'
import { freePorts } from '../../launcher/testing/ports.ts'
import type { Origin } from '../../test/ledger/index.ts'
import { startOrigin } from '../../test/ledger/index.ts'
import { envoyBinary } from '../../launcher/testing/envoy.ts'
import { envoyCommand } from './envoy.ts'
import { HotPod } from './hotPod.ts'

/** A pod whose proxies are real Envoys, with the ledger's origin behind them. */
export interface EnvoyPod {
  readonly pod: HotPod
  readonly ports: readonly number[]
  readonly adminPort: number
  /** Command of an Envoy of this version. */
  readonly command: (version: string) => Promise<readonly string[]>
  /** Fields of an order that drains by the admin. */
  readonly drain: (timerSeconds: number, maxSeconds: number) => DesiredContainer['drain']
  end(): Promise<void>
}

/** Errors: when the environment names no Envoy of this version. */
export async function envoyPod(version: string): Promise<EnvoyPod> {
  const [adminPort = 0, secondAdminPort = 0, spare = 0, secondSpare = 0, ...ports] =
    await freePorts(6)
  const directory = mkdtempSync(join(tmpdir(), 'baton-envoy-'))
  chmodSync(directory, 0o755)
  const origin = await startOrigin()
  const command = envoyCommandIn(directory, adminPort, ports, origin)
  const drain: EnvoyPod['drain'] = (timerSeconds, maxSeconds) => ({
    timerSeconds,
    maxSeconds,
    method: { envoy: { adminPort } },
  })
  const pod = await HotPod.create({
    command: await command(version),
    privatePorts: [[adminPort, secondAdminPort, [spare, secondSpare]]],
    drain: drain(15, 60),
  })
  const end = async (): Promise<void> => {
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
  return { pod, ports, adminPort, command, drain, end }
}

function envoyCommandIn(
  directory: string,
  adminPort: number,
  ports: readonly number[],
  origin: Origin,
): EnvoyPod['command'] {
  return (version) => {
    const binary = envoyBinary(version)
    const file = join(directory, `${version}.json`)
    return envoyCommand(binary, { file, adminPort, ports, upstream: origin.http, version })
  }
}
