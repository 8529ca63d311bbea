import type { HandoverTotals } from '../../api/v1beta1/sidecarset.ts'
import { lightProfile, standardProfile } from '../../test/ledger/index.ts'
import type { Environment } from '../environment/environment.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { deployMesh } from '../workload/deploy.ts'
import { untilSent } from '../observe/load.ts'
import { showLive } from './live.ts'
import type { Row } from './row.ts'
import { addUp } from './row.ts'

const OLD = '1.38.3'
const NEW = '1.40.0'
const REPLICAS = 3
const SHOP = 'shop'
const PLAIN_SHOP = 'shop-plain'

export interface DemoOptions {
  readonly environment: Environment
  readonly write: (text: string) => void
  readonly terminal: boolean
  readonly signal: AbortSignal
}

/** Runs the story of the demo, one row a step. */
export async function runSteps(options: DemoOptions): Promise<readonly Row[]> {
  const { environment, write } = options
  const { workloads } = environment
  const rows: Row[] = []

  write(`\nAn app of ${REPLICAS} replicas; its SidecarSet injects Envoy ${OLD}.\n`)
  const shop = await deployMesh(environment, {
    name: SHOP,
    image: workloads.envoy(OLD),
    replicas: REPLICAS,
    updateStrategy: { maxUnavailable: 1 },
  })
  const step = async (
    app: MeshApp,
    row: Pick<Row, 'name' | 'kind'>,
    act: () => Promise<string>,
  ): Promise<void> => {
    options.signal.throwIfAborted()
    write(`\n${row.name}\n`)
    rows.push(await underLoad(options, app, row, act))
    write(`  ${rows.at(-1)?.note ?? ''}\n`)
  }
  const changeTo = async (app: MeshApp, image: string): Promise<string> => {
    const status = await app.rollout.completed(await app.rollout.setImage(image))
    return `${status.updatedReadyPods ?? 0} of ${status.matchedPods ?? 0} pods run ${image}`
  }
  const refused = async (image: string, reason: string): Promise<string> => {
    await shop.rollout.setImage(image)
    return (await shop.rollout.condition('Progressing', reason)).message
  }

  await step(shop, { name: `upgrade ${OLD} to ${NEW}`, kind: 'baton' }, () =>
    changeTo(shop, workloads.envoy(NEW)),
  )
  await step(shop, { name: 'an image that cannot be pulled', kind: 'baton' }, () =>
    refused(workloads.missing, 'ImagePullFailed'),
  )
  await step(shop, { name: 'an image that exits at start', kind: 'baton' }, () =>
    refused(workloads.crashing, 'UpgradeFailed'),
  )
  await step(shop, { name: `rollback to ${OLD}`, kind: 'baton' }, () =>
    changeTo(shop, workloads.envoy(OLD)),
  )

  write('\nThe same app with the same proxy, upgraded by a plain change of its image.\n')
  const plain = await deployMesh(environment, {
    name: PLAIN_SHOP,
    image: workloads.envoy(OLD),
    replicas: REPLICAS,
    upgradeType: 'ColdUpgrade',
    updateStrategy: { maxUnavailable: REPLICAS },
  })
  await step(plain, { name: `plain image change ${OLD} to ${NEW}`, kind: 'control' }, () =>
    changeTo(plain, workloads.envoy(NEW)),
  )
  return rows
}

/** Removes what {@link runSteps} deployed, from a cluster that goes on living. */
export async function removeApps({ kubectl }: Environment): Promise<void> {
  await kubectl(['delete', 'sidecarset', SHOP, PLAIN_SHOP, '--ignore-not-found'])
  await kubectl(['delete', 'namespace', SHOP, PLAIN_SHOP, '--ignore-not-found'])
}

async function underLoad(
  options: DemoOptions,
  app: MeshApp,
  row: Pick<Row, 'name' | 'kind'>,
  act: () => Promise<string>,
): Promise<Row> {
  const before = await totals(app)
  const loads = await Promise.all([
    app.loadPods(standardProfile({ scale: 0.35 })),
    app.loadService(lightProfile({ scale: 0.4 })),
  ])
  const live = showLive({ ...options, app, loads })
  try {
    // A load that runs evenly: the change must meet every kind of client.
    await untilSent(loads, 600)
    const began = Date.now()
    const note = await act()
    const durationSeconds = (Date.now() - began) / 1000
    await live.stop()
    const summaries = await Promise.all(loads.map((load) => load.stop()))
    const after = await totals(app)
    return {
      ...row,
      durationSeconds: Math.round(durationSeconds * 10) / 10,
      listenersHanded: after.listenersHanded - before.listenersHanded,
      connectionsDrained: after.connectionsDrained - before.connectionsDrained,
      connectionsCut: after.connectionsCut - before.connectionsCut,
      ...addUp(summaries),
      note,
    }
  } finally {
    await live.stop()
    for (const load of loads) load.abort()
  }
}

async function totals(app: MeshApp): Promise<HandoverTotals> {
  const { status } = await app.rollout.get()
  return (
    status?.handover ?? {
      completed: 0,
      failed: 0,
      listenersHanded: 0,
      connectionsDrained: 0,
      connectionsCut: 0,
      lastDurationSeconds: 0,
    }
  )
}
