import { ClusterError } from '../errors.ts'
import type { NetworkPlan } from '../plan.ts'
import { run } from '../run.ts'

/** What the host's network uses already. */
export interface HostNetworks {
  readonly interfaces: readonly string[]
  /** Destinations of the host's IPv4 routes, without the default route. */
  readonly cidrs: readonly string[]
}

/** Looks at the host's interfaces and routes. */
export async function hostNetworks(): Promise<HostNetworks> {
  const [links, routes] = await Promise.all([
    run(['ip', '-json', 'link', 'show']),
    run(['ip', '-json', '-4', 'route', 'show']),
  ])
  return {
    interfaces: namesIn(links.stdout, 'ifname'),
    cidrs: namesIn(routes.stdout, 'dst').filter((destination) => destination !== 'default'),
  }
}

/**
 * Joins the host and the node by a veth pair and makes the host send what is for pods and services
 * to the node. The node's end is set up by its init program. No sysctl and no packet filter rule of
 * the host is touched.
 */
export async function addLink(plan: NetworkPlan, nodePid: number, signal?: AbortSignal) {
  const { interfaceName, hostAddress, nodeAddress, podCidr, serviceCidr } = plan
  const commands = [
    `link add ${interfaceName} type veth peer name eth0 netns ${nodePid}`,
    `address add ${hostAddress}/30 dev ${interfaceName}`,
    `link set ${interfaceName} up`,
    `route add ${podCidr} via ${nodeAddress}`,
    `route add ${serviceCidr} via ${nodeAddress}`,
  ]
  await run(['ip', '-batch', '-'], { input: `${commands.join('\n')}\n`, signal })
}

/** Removes the link, and with it the address and both routes. It may be gone already. */
export async function removeLink(plan: NetworkPlan): Promise<void> {
  try {
    await run(['ip', 'link', 'delete', plan.interfaceName])
  } catch (error) {
    // The kernel removes it too, some time after the last process of the node.
    if (!(error instanceof ClusterError) || !/Cannot find device/.test(error.message)) throw error
  }
}

function namesIn(json: string, key: string): string[] {
  const list: unknown = JSON.parse(json === '' ? '[]' : json)
  if (!Array.isArray(list)) throw new TypeError(`ip printed ${json.slice(0, 80)}, not a list`)
  return list
    .map((item: unknown) => (item as Readonly<Record<string, unknown>>)[key])
    .filter((value) => typeof value === 'string')
}
