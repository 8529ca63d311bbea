import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PODS } from '../../../runtime/client/kinds.ts'
import { waitFor } from '../../environment/wait.ts'
import { startControlPlane } from './plane/controlPlane.ts'
import type { ControlPlane } from './plane/controlPlane.ts'
import { nodeEnvironment } from './nodes/settings.ts'
import type { NodeSettings } from './nodes/settings.ts'
import { POD_NAMESPACE, appPod } from './products/product.ts'
import type { InstalledProduct, Product } from './products/product.ts'

/** A control plane with one product, its pods, and the nodes they run on. */
export interface World {
  readonly plane: ControlPlane
  readonly installed: InstalledProduct
  stop(): Promise<void>
}

export interface WorldOptions {
  readonly product: Product
  readonly pods: number
  readonly programs: string
  readonly directory: string
  readonly nodes: Pick<NodeSettings, 'restartMs' | 'pullMs' | 'handoverMs'>
  readonly log: (line: string) => void
}

/** Pods created at the same time. */
const AT_A_TIME = 8

export async function startWorld(options: WorldOptions): Promise<World> {
  const { product, pods, programs, directory, log } = options
  await rm(directory, { recursive: true, force: true })
  const plane = await startControlPlane({ directory, programs })
  try {
    const installed = await product.install(plane)
    log(`${product.name} is installed`)
    const settings = { ...options.nodes, namespace: POD_NAMESPACE }
    const kubeconfig = await plane.kubeconfigOf('kubelet')
    plane.start(
      'nodes',
      [process.execPath, join(import.meta.dirname, 'nodes/main.ts')],
      nodeEnvironment({ ...settings, kubeconfig }),
    )
    await createPods(plane, pods)
    log(`${pods} pods are created`)
    await becomeReady(plane, pods)
    await settle(plane, installed, pods)
    log(`${pods} pods are ready`)
    return {
      plane,
      installed,
      stop: async () => {
        await plane.stop()
        await rm(directory, { recursive: true, force: true })
      },
    }
  } catch (error) {
    await plane.stop()
    throw error
  }
}

async function createPods({ client, check }: ControlPlane, pods: number): Promise<void> {
  let next = 0
  const work = async (): Promise<void> => {
    for (let index = next++; index < pods; index = next++) {
      check()
      await client.resource(PODS).create(appPod(index), { retry: true })
    }
  }
  await Promise.all(Array.from({ length: AT_A_TIME }, work))
}

async function becomeReady({ client, check }: ControlPlane, pods: number): Promise<void> {
  let ready = 0
  const count = async (): Promise<true | undefined> => {
    check()
    const { items } = await client
      .resource(PODS)
      .list({ namespace: POD_NAMESPACE, fieldSelector: 'status.phase=Running' })
    ready = items.length
    return ready === pods ? true : undefined
  }
  await waitFor('all pods run', 300_000, count, () => `${ready} of ${pods}`, 1_000)
}

/** The operator has seen them too, and has nothing to do with them. */
async function settle(
  { check }: ControlPlane,
  installed: InstalledProduct,
  pods: number,
): Promise<void> {
  let seen = ''
  const look = async (): Promise<true | undefined> => {
    check()
    const { upgraded, done, says } = await installed.progress(pods)
    seen = `${upgraded} of ${pods}; ${says}`
    return done ? true : undefined
  }
  await waitFor('the set counts all pods as ready', 300_000, look, () => seen, 500)
}
