import type { AgentStatus } from '../../api/agentStatus.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import { viewPod } from '../../operator/interception/podView.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { keyOf } from '../../runtime/client/objects.ts'
import { flag, integer, list, object, oneOf, optional, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'
import { conditionShape } from '../status/statusShape.ts'

const podShape = object('One pod of the app.', {
  pod: text('Its name.'),
  node: text('Where it runs.'),
  ready: flag('Its condition Ready.'),
  switchable: flag('False for pods that were injected without interception.'),
  ordered: oneOf('What it was told.', 'On', 'Off', 'Nothing'),
  state: text('By its agent: Off, Enabling, On, Disabling, Bypassed, Failed; Unknown: not asked.'),
  phase: optional(text('What its agent does now.')),
  rules: optional(
    object('Hashes of our rules as the kernel has them; empty: that family has none.', {
      v4: text('IPv4.'),
      v6: text('IPv6.'),
    }),
  ),
  verified: optional(flag('The rules are those wanted, and the probe went where it should.')),
  probe: optional(
    object('The last probe connection: Seen, NotAccepted, Refused, Direct; empty: none.', {
      at: text('RFC 3339.'),
      outbound: text('Of the app’s own connections.'),
      inbound: text('Of those to the app.'),
    }),
  ),
  connectionsLeft: optional(integer('That stay with the proxy after it was switched off.')),
  result: optional(text('How its last toggle ended.')),
  message: optional(text('Why the state is what it is.')),
})

export const interceptionShape = object('One TrafficInterception.', {
  app: text('Its name.'),
  namespace: text('Where it is.'),
  wanted: oneOf('spec.enabled.', 'On', 'Off'),
  observed: flag('The operator has seen the present spec.'),
  matched: integer('Pods that it selects.'),
  enabled: integer('Whose agent has seen interception work.'),
  disabled: integer('Whose traffic goes directly.'),
  switching: integer('In a toggle.'),
  failed: integer('Whose toggle failed.'),
  bypassed: integer('Whose proxy is dead.'),
  conditions: list('As the operator wrote them.', conditionShape),
  pods: list('By name.', podShape),
})

export type InterceptionRow = ShapeOf<typeof interceptionShape>
type PodRow = InterceptionRow['pods'][number]

/** An app with its pods. @param agents answers, by pod key */
export function interceptionRow(
  { metadata, spec, status = {} }: StoredTrafficInterception,
  pods: readonly Pod[],
  agents: ReadonlyMap<string, AgentStatus>,
): InterceptionRow {
  return {
    app: metadata.name,
    namespace: metadata.namespace,
    wanted: spec.enabled ? 'On' : 'Off',
    observed: (status.observedGeneration ?? 0) >= (metadata.generation ?? 0),
    matched: status.matchedPods ?? 0,
    enabled: status.enabledPods ?? 0,
    disabled: status.disabledPods ?? 0,
    switching: status.switchingPods ?? 0,
    failed: status.failedPods ?? 0,
    bypassed: status.bypassedPods ?? 0,
    conditions: (status.conditions ?? []).map(({ type, status: value, reason, message }) => ({
      type,
      status: value,
      reason,
      message,
    })),
    pods: pods
      .toSorted((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1))
      .map((pod) => podRow(pod, agents.get(keyOf(pod)))),
  }
}

function podRow(pod: Pod, agent: AgentStatus | undefined): PodRow {
  const { ready, switchable, written, record } = viewPod(pod)
  const told = agent?.interception
  return {
    pod: pod.metadata.name,
    node: pod.spec?.nodeName ?? '',
    ready,
    switchable,
    ordered: written === undefined ? 'Nothing' : written.enabled ? 'On' : 'Off',
    state: told?.state ?? 'Unknown',
    ...(record === undefined ? {} : { result: record.sentence }),
    ...(told === undefined ? {} : toldOf(told)),
  }
}

function toldOf(told: NonNullable<AgentStatus['interception']>): Partial<PodRow> {
  const { phase, rules, verified, probe, message, lastToggle } = told
  const left = lastToggle?.connectionsLeft
  return {
    ...(phase === 'Idle' ? {} : { phase }),
    rules: { v4: rules.v4 ?? '', v6: rules.v6 ?? '' },
    verified,
    ...(probe === null
      ? {}
      : { probe: { at: probe.at, outbound: probe.outbound ?? '', inbound: probe.inbound ?? '' } }),
    ...(left === undefined ? {} : { connectionsLeft: left }),
    ...(message === '' ? {} : { message }),
  }
}
