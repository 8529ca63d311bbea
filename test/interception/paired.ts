import { setTimeout as delay } from 'node:timers/promises'
import { jsonLogger } from '../../agent/log.ts'
import { prepareNetwork } from '../../agent/interception/prepare.ts'
import { addresses, PodNetwork } from '../../agent/interception/testing/network.ts'
import type { Summary } from '../ledger/index.ts'
import { startLoad, startOriginProcess } from '../ledger/index.ts'
import type { Pair } from './page.ts'

const ROUNDS = 10
const ROUND_MS = 2000
const PORT = 8080

/**
 * What it costs to be prepared with interception off: the same clients in turn with the chains and the
 * anchor, and without any rule.
 */
export async function comparePrepared(): Promise<readonly Pair[]> {
  const network = await PodNetwork.create(`baton-pair-${process.pid}`)
  const run = network.run('pod')
  const origin = await startOriginProcess({
    ...{ host: '::', ports: { http: PORT }, wrap: network.words('pod') },
  })
  const targets = {
    http: [addresses.v4.pod, addresses.v6.pod].map((host) => ({ host, port: PORT })),
  }
  const lanes = [
    { kind: 'keepalive', connections: 4, gapMs: 0, perSecond: 400 },
    { kind: 'short', perSecond: 50 },
  ] as const
  const load = await startLoad({ targets, lanes, wrap: network.words('outside') })
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      await prepareNetwork({
        ...{ annotation: undefined, families: ['v4', 'v6'], run },
        log: jsonLogger(() => undefined),
      })
      await load.mark('with')
      await delay(ROUND_MS)
      for (const program of ['iptables', 'ip6tables']) {
        for (const option of ['-F', '-X']) await run(program, ['-t', 'nat', option])
      }
      await load.mark('without')
      await delay(ROUND_MS)
    }
    return pairsOf(await load.stop())
  } finally {
    load.abort()
    await origin.close()
    await network.remove()
  }
}

function pairsOf({ kinds }: Summary): readonly Pair[] {
  return (['short', 'keepalive'] as const).map((kind) => {
    const windows = kinds[kind]?.windows ?? {}
    return {
      name: kind,
      rounds: ROUNDS,
      medianWith: windows['with']?.latencyMs.p50 ?? 0,
      medianWithout: windows['without']?.latencyMs.p50 ?? 0,
    }
  })
}
