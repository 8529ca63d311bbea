/** How many clusters can stand side by side on one machine. */
export const maxClusters = 16

/** Names and addresses of one cluster; no two indexes share any of them. */
export interface NetworkPlan {
  readonly index: number
  /** The host's end of the link; programs of the node and the pods reach the host here. */
  readonly hostAddress: string
  readonly nodeAddress: string
  /** The two addresses of the link. */
  readonly linkCidr: string
  readonly podCidr: string
  readonly serviceCidr: string
  /** The ClusterIP of `kubernetes.default`. */
  readonly apiServiceAddress: string
  /** What pods find in resolv.conf. Nobody answers there unless a test installs a DNS server. */
  readonly dnsAddress: string
  /** The host's network interface; at most 15 characters, by the kernel. */
  readonly interfaceName: string
  /** The cgroup, in every hierarchy, below which the node and its pods live. */
  readonly cgroup: string
}

/** The plan of the cluster with that index, 0 to maxClusters - 1. */
export function planOf(index: number): NetworkPlan {
  const service = `10.${112 + index}`
  return {
    index,
    hostAddress: `10.99.${index}.1`,
    nodeAddress: `10.99.${index}.2`,
    linkCidr: `10.99.${index}.0/30`,
    podCidr: `10.244.${index}.0/24`,
    serviceCidr: `${service}.0.0/16`,
    apiServiceAddress: `${service}.0.1`,
    dnsAddress: `${service}.0.10`,
    interfaceName: `baton${index}`,
    cgroup: `baton-${index}`,
  }
}

/** Whether two IPv4 networks, each as `10.1.2.0/24` or a single address, share an address. */
export function overlaps(left: string, right: string): boolean {
  const [a, b] = [rangeOf(left), rangeOf(right)]
  return a.first <= b.last && b.first <= a.last
}

function rangeOf(cidr: string): { first: number; last: number } {
  const [address = '', prefix = '32'] = cidr.split('/')
  const number = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0)
  const size = 2 ** (32 - Number(prefix))
  const first = number - (number % size)
  return { first, last: first + size - 1 }
}
