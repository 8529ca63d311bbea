import type { SidecarPlan } from './injectableSet.ts'
import type { Container, Pod } from './podTypes.ts'
import { podContainers } from './podTypes.ts'
import type { Skip } from './skipReasons.ts'

/**
 * Why a set's ports cannot be had: the API server refuses a pod two of whose containers name one
 * port of the node. In the network of the node every port is one of it.
 * @param accepted containers of the sets accepted so far
 */
export function hostPortSkip(
  pod: Pod,
  plans: readonly SidecarPlan[],
  accepted: readonly SidecarPlan[],
): Skip | undefined {
  const onNode = pod.spec?.hostNetwork === true
  const others = [...podContainers(pod), ...accepted.map(({ container }) => container)]
  const taken = new Map(
    others.flatMap((one) => hostPorts(one, onNode).map((port) => [port, one.name] as const)),
  )
  for (const { container } of plans) {
    for (const port of hostPorts(container, onNode)) {
      const owner = taken.get(port)
      if (owner !== undefined) {
        const sentence = `Container ${container.name} needs port ${port} of the node, which the container ${owner} has already; change one of the ports.`
        return { reason: 'HostPortClash', sentence }
      }
      taken.set(port, container.name)
    }
  }
  return undefined
}

function hostPorts({ ports = [] }: Pick<Container, 'ports'>, onNode: boolean): readonly string[] {
  return ports.flatMap(({ hostPort, containerPort, hostIP = '', protocol = 'TCP' }) => {
    const port = hostPort ?? (onNode ? containerPort : undefined)
    return port === undefined ? [] : [`${hostIP === '' ? '' : `${hostIP}:`}${port}/${protocol}`]
  })
}
