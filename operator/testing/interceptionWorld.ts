import { TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import type { Condition } from '../../api/v1beta1/sidecarset.ts'
import { createClient } from '../../runtime/client/client.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import { createTransport } from '../../runtime/transport/transport.ts'
import { writtenOn } from '../interception/podView.ts'
import { recordOf } from '../interception/record.ts'
import { anInterception, switchablePod } from './buildInterception.ts'
import type { InterceptionOptions, SwitchablePodOptions } from './buildInterception.ts'
import { until } from '../../runtime/testing/until.ts'
import { startWorld } from './world.ts'
import type { World } from './world.ts'

/** A world with apps that can be intercepted. */
export interface InterceptionWorld extends World {
  /** Creates or changes an object; a changed spec is a new generation. */
  putInterception(options?: InterceptionOptions): void
  interception(name?: string): StoredTrafficInterception
  hasInterception(name?: string): boolean
  /** As kubectl does. */
  deleteInterception(name?: string): Promise<void>
  condition(type: string, name?: string): Condition | undefined
  /** Pods web-0, web-1 and so on. */
  addSwitchablePods(count: number, options?: SwitchablePodOptions): void
  /** What each pod was told and what was recorded of it: `web-0: on enabled`, in order. */
  toldPods(): readonly string[]
  /** Until a rollout of the object is complete. */
  completed(name?: string): Promise<unknown>
  /** Until these are the {@link toldPods}. */
  told(...lines: readonly string[]): Promise<unknown>
}

export async function startInterceptionWorld(
  options: Parameters<typeof startWorld>[0] = {},
): Promise<InterceptionWorld> {
  const world = await startWorld(options)
  const { server } = world
  const find = (name: string) => server.get(TRAFFIC_INTERCEPTIONS, { namespace: 'default', name })
  const interception = (name = 'web'): StoredTrafficInterception => {
    const found = find(name)
    if (found === undefined) throw new Error(`there is no TrafficInterception ${name}`)
    return found
  }
  const toldPods = (): readonly string[] =>
    server
      .list(PODS)
      .filter(({ metadata }) => metadata.namespace === 'default')
      .map((pod) => {
        const written = writtenOn(pod)
        const record = recordOf(pod)
        const outcome = record?.id === written?.id ? (record?.outcome ?? 'open') : 'open'
        const word = written === undefined ? 'untold' : written.enabled ? 'on' : 'off'
        return `${pod.metadata.name}: ${written === undefined ? word : `${word} ${outcome}`}`
      })
  return {
    ...world,
    interception,
    putInterception: (wanted = {}) => {
      const before = find(wanted.name ?? 'web')
      const generation = (before?.metadata.generation ?? 0) + 1
      const next = anInterception({ ...wanted, generation })
      const { finalizers } = before?.metadata ?? {}
      server.put(TRAFFIC_INTERCEPTIONS, {
        ...next,
        metadata: { ...next.metadata, ...(finalizers === undefined ? {} : { finalizers }) },
        ...(before?.status === undefined ? {} : { status: before.status }),
      })
    },
    hasInterception: (name = 'web') => find(name) !== undefined,
    deleteInterception: async (name = 'web') => {
      const user = { userAgent: 'kubectl', fieldManager: 'kubectl' }
      const transport = createTransport({ kubeConfig: server.kubeConfig(), ...user })
      const client = createClient({ transport })
      await client.resource(TRAFFIC_INTERCEPTIONS).delete({ namespace: 'default', name })
      await transport.close()
    },
    condition: (type, name = 'web') =>
      interception(name).status?.conditions?.find((one) => one.type === type),
    addSwitchablePods: (count, podOptions = {}) => {
      for (let index = 0; index < count; index++) {
        const ip = `127.0.1.${index + 1}`
        server.put(PODS, switchablePod(`web-${index}`, { ip, owner: 'web-rs', ...podOptions }))
      }
    },
    completed: (name = 'web') =>
      until(
        () => {
          const { status, metadata } = interception(name)
          const progressing = status?.conditions?.find((one) => one.type === 'Progressing')
          return (
            progressing?.reason === 'RolloutCompleted' &&
            status?.observedGeneration === metadata.generation
          )
        },
        { what: `a complete rollout of ${name}` },
      ),
    told: (...lines) =>
      until(() => toldPods().join() === lines.join(), { what: `pods ${lines.join(', ')}` }).catch(
        (error: unknown) => {
          throw new Error(`pods are ${toldPods().join(', ')}`, { cause: error })
        },
      ),
    toldPods,
  }
}
