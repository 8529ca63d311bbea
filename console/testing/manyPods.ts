import { SIDECAR_SETS, TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import { completeSet, webPod } from '../../cli/testing/cluster.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import type { FakeApiServer } from '../../runtime/testing/apiserver.ts'
import { startFakeApiServer } from '../../runtime/testing/apiserver.ts'

const NAMESPACES = 20
const NODES = 200

/** A cluster whose set `mesh` has this many pods, spread over namespaces and nodes. */
export async function startCrowd(count: number): Promise<FakeApiServer> {
  const server = await startFakeApiServer({ kinds: [SIDECAR_SETS, TRAFFIC_INTERCEPTIONS] })
  const set = completeSet('proxy:1')
  const pods = { matchedPods: count, updatedPods: count, readyPods: count }
  server.put(SIDECAR_SETS, { ...set, status: { ...set.status, ...pods } })
  const pod = webPod('web', 'proxy:1')
  for (let index = 0; index < count; index++) {
    const name = `web-${String(index).padStart(6, '0')}`
    const namespace = `shop-${index % NAMESPACES}`
    server.put(PODS, {
      ...pod,
      metadata: { ...pod.metadata, name, namespace, uid: name },
      spec: { containers: [], ...pod.spec, nodeName: `node-${index % NODES}` },
    })
  }
  return server
}
