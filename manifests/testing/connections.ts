/** Who connects to whom, as a NetworkPolicy sees it: a pod by its labels, or an address. */
export interface End {
  readonly labels?: Readonly<Record<string, string>>
  /** Of the namespace of a pod. */
  readonly namespaceLabels?: Readonly<Record<string, string>>
  /** Of what is no pod, such as a node. */
  readonly address?: string
}

export interface Connection {
  readonly from: End
  readonly to: End
  readonly protocol: 'TCP' | 'UDP'
  readonly port: number
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>
}

interface Rule {
  readonly ports?: readonly { readonly protocol: string; readonly port: number }[]
  readonly from?: readonly Peer[]
  readonly to?: readonly Peer[]
}

interface Peer {
  readonly namespaceSelector?: Selector
  readonly podSelector?: Selector
}

/** A NetworkPolicy (networking.k8s.io/v1), as far as ours go. */
export interface Policy {
  readonly spec: {
    readonly podSelector: Selector
    readonly policyTypes: readonly string[]
    readonly ingress?: readonly Rule[]
    readonly egress?: readonly Rule[]
  }
}

/**
 * Whether policies let a connection pass: at both ends, where a pod is selected by none for the
 * direction everything passes, else what some rule names.
 */
export function passes(policies: readonly Policy[], connection: Connection): boolean {
  const { from, to } = connection
  return (
    passesOne(policies, from, 'Egress', (rule) => isOf(rule, rule.to, to, connection)) &&
    passesOne(policies, to, 'Ingress', (rule) => isOf(rule, rule.from, from, connection))
  )
}

function passesOne(
  policies: readonly Policy[],
  end: End,
  direction: 'Ingress' | 'Egress',
  isNamed: (rule: Rule) => boolean,
): boolean {
  const selecting = policies.filter(
    ({ spec }) =>
      end.labels !== undefined &&
      spec.policyTypes.includes(direction) &&
      matches(spec.podSelector, end.labels),
  )
  const rules = selecting.flatMap(({ spec }) =>
    direction === 'Ingress' ? (spec.ingress ?? []) : (spec.egress ?? []),
  )
  return selecting.length === 0 || rules.some(isNamed)
}

function isOf(
  { ports }: Rule,
  peers: readonly Peer[] | undefined,
  peer: End,
  { protocol, port }: Connection,
): boolean {
  const isPort =
    ports === undefined || ports.some((one) => one.protocol === protocol && one.port === port)
  // A rule without peers is for all; one with selectors is for pods alone.
  const isPeer =
    peers === undefined ||
    peers.some(
      ({ namespaceSelector, podSelector }) =>
        peer.labels !== undefined &&
        matches(podSelector, peer.labels) &&
        (namespaceSelector === undefined || matches(namespaceSelector, peer.namespaceLabels ?? {})),
    )
  return isPort && isPeer
}

function matches(selector: Selector | undefined, labels: Readonly<Record<string, string>>) {
  return Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value)
}
