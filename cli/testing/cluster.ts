import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { CONTROLLER_REVISIONS, PODS } from '../../runtime/client/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { FakeApiServer } from '../../runtime/testing/apiserver.ts'
import { startFakeApiServer } from '../../runtime/testing/apiserver.ts'
import { aSet, hotProxy, injectedPod } from '../../operator/testing/build.ts'
import type { SetOptions } from '../../operator/testing/build.ts'
import type { Ran, RunOptions } from './runCli.ts'
import { runCli } from './runCli.ts'

/** A fake cluster in which Baton is installed, and the command line that uses it. */
export interface CliCluster {
  readonly server: FakeApiServer
  run(line: string, options?: RunOptions): Promise<Ran>
}

export async function startCluster(): Promise<CliCluster> {
  const server = await startFakeApiServer({ kinds: [SIDECAR_SETS] })
  return {
    server,
    run: (line, options = {}) =>
      runCli(line.split(' '), { kubeconfig: server.kubeConfigYaml(), ...options }),
  }
}

/** The set `mesh` as the operator leaves it when everything is done. */
export function completeSet(image = 'proxy:1', options: SetOptions = {}): StoredSidecarSet {
  return withReason(
    aSet({ containers: [hotProxy(image)], ...options }),
    'RolloutCompleted',
    'all done',
  )
}

/** A set whose status has this condition Progressing. */
export function withReason(
  set: StoredSidecarSet,
  reason: string,
  message: string,
  more: { readonly degraded?: string; readonly paused?: boolean } = {},
): StoredSidecarSet {
  const time = '2025-01-01T00:00:00Z'
  const condition = (type: string, why: string, status: 'True' | 'False', text: string) => ({
    type,
    status,
    reason: why,
    message: text,
    lastTransitionTime: time,
  })
  const { degraded, paused = false } = more
  return {
    ...set,
    status: {
      ...set.status,
      observedGeneration: set.metadata.generation ?? 0,
      matchedPods: 3,
      updatedPods: 3,
      readyPods: 3,
      conditions: [
        condition('Available', 'WebhookConfigured', 'True', 'new pods are injected'),
        condition('Progressing', reason, 'True', message),
        ...(degraded === undefined ? [] : [condition('Degraded', degraded, 'True', message)]),
        condition('Paused', paused ? 'RolloutPaused' : 'NotPaused', paused ? 'True' : 'False', ''),
      ],
    },
  }
}

/** A pod of the Deployment `web`, injected with an image of the proxy. */
export function webPod(name: string, image: string): Pod {
  const pod = injectedPod(name, [hotProxy(image)], { ip: '10.0.0.1' })
  const owner = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    name: 'web-5d9',
    uid: 'u',
    controller: true,
  }
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      labels: { ...pod.metadata.labels, 'pod-template-hash': '5d9' },
      ownerReferences: [owner],
    },
  }
}

export function put(server: FakeApiServer, set: StoredSidecarSet, pods: readonly Pod[]): void {
  server.put(SIDECAR_SETS, set)
  for (const pod of pods) server.put(PODS, pod)
}

/** The ControllerRevision of a revision. */
export function putRevision(
  server: FakeApiServer,
  revision: { readonly name: string; readonly number: number; readonly template: object },
): void {
  server.put(CONTROLLER_REVISIONS, {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: revision.name,
      namespace: 'baton-system',
      labels: { 'baton.dev/sidecarset-name': 'mesh' },
      creationTimestamp: `2025-01-0${revision.number}T00:00:00Z`,
    },
    revision: revision.number,
    data: revision.template,
  })
}
