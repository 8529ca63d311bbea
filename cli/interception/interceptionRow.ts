import type { AgentStatus } from '../../api/agentStatus.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import { viewPod } from '../../operator/interception/podView.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { keyOf } from '../../runtime/client/objects.ts'
import type { InterceptedPodRow, InterceptionRow } from './interceptionShape.ts'

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

function podRow(pod: Pod, agent: AgentStatus | undefined): InterceptedPodRow {
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

function toldOf(told: NonNullable<AgentStatus['interception']>): Partial<InterceptedPodRow> {
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
