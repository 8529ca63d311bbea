import { defaultInterception } from '../../defaults/trafficInterceptionDefaults.ts'
import type { LabelSelector } from '../../labelSelector.ts'
import type {
  TrafficInterception,
  TrafficInterceptionSpec,
} from '../../v1beta1/trafficinterception.ts'
import { choiceViolations } from '../choice.ts'
import { LONGEST_LABEL } from '../dnsLabel.ts'
import { portViolation } from '../ports.ts'
import { expressionViolations, isEmptySelector } from '../selectors.ts'
import { positiveShareViolations, shareViolations } from '../share.ts'
import type { Violation } from '../violation.ts'
import { wholeNumberViolations } from '../wholeNumber.ts'
import { hookViolations } from './hooks.ts'
import { trafficViolations } from './traffic.ts'

const MODES = ['Redirect', 'Tproxy']
const PROXY_FAILURE_POLICIES = ['Bypass', 'Block']
/** uid_t and gid_t, without the value that stands for "none". */
const GREATEST_ID = 2 ** 32 - 2

/**
 * Everything wrong with an object by itself; empty when it can be used. It must have the types of
 * its schema; defaults need not be filled in.
 */
export function validateTrafficInterception({
  metadata,
  spec,
}: TrafficInterception): readonly Violation[] {
  const { rollout = {} } = spec
  return [
    ...nameViolations(metadata.name ?? ''),
    ...podSelector(spec.selector),
    ...trafficViolations('spec.inbound', spec.inbound ?? {}),
    ...trafficViolations('spec.outbound', spec.outbound ?? {}),
    ...dnsPort(spec.dns?.proxyPort),
    ...nothingToIntercept(spec),
    ...sameProxyPort(spec),
    ...idViolations('spec.excludeUIDs', spec.excludeUIDs ?? []),
    ...idViolations('spec.excludeGIDs', spec.excludeGIDs ?? []),
    ...choiceViolations('spec.mode', spec.mode, MODES),
    ...choiceViolations('spec.onProxyFailure', spec.onProxyFailure, PROXY_FAILURE_POLICIES),
    ...hookViolations(spec.hooks ?? {}),
    ...wholeNumberViolations('spec.drain', spec.drain ?? {}, { timerSeconds: 0 }),
    ...shareViolations('spec.rollout.partition', rollout.partition),
    ...positiveShareViolations(
      'spec.rollout.maxUnavailable',
      rollout.maxUnavailable,
      'no pod could ever be toggled',
    ),
  ]
}

function nameViolations(name: string): readonly Violation[] {
  if (name.length <= LONGEST_LABEL) return []
  const problem = `pods carry it, and metrics have it as a label of at most ${LONGEST_LABEL} characters`
  return [{ field: 'metadata.name', value: name, problem, remedy: 'choose a shorter name' }]
}

function podSelector(selector: LabelSelector | undefined): readonly Violation[] {
  const field = 'spec.selector'
  const remedy = 'name the pods of the app by labels, such as matchLabels: {app: shop}'
  if (selector === undefined) {
    const problem = 'without a selector no pod is meant'
    return [{ field, value: undefined, problem, remedy }]
  }
  if (isEmptySelector(selector)) {
    const problem = 'an empty selector matches every pod of the namespace'
    return [{ field, value: selector, problem, remedy }]
  }
  return expressionViolations(field, selector)
}

function dnsPort(port: number | undefined): readonly Violation[] {
  const violation = port === undefined ? undefined : portViolation('spec.dns.proxyPort', port)
  return violation === undefined ? [] : [violation]
}

function nothingToIntercept(spec: TrafficInterceptionSpec): readonly Violation[] {
  const { inbound, outbound, dns } = defaultInterception(spec)
  if (inbound.ports.length > 0 || outbound.ports.length > 0 || dns !== undefined) return []
  return [
    {
      field: 'spec.inbound.ports',
      value: spec.inbound?.ports,
      problem: 'with no ports in both directions, and without dns, nothing would be intercepted',
      remedy: 'name ports, or set enabled to false to intercept nothing',
    },
  ]
}

/** With one port for both, the proxy could not tell what comes in from what goes out. */
function sameProxyPort(spec: TrafficInterceptionSpec): readonly Violation[] {
  const { inbound, outbound } = defaultInterception(spec)
  if (inbound.proxyPort !== outbound.proxyPort) return []
  if (inbound.ports.length === 0 || outbound.ports.length === 0) return []
  return [
    {
      field: 'spec.outbound.proxyPort',
      value: outbound.proxyPort,
      problem: 'the proxy has the same port for inbound, and could not tell the directions apart',
      remedy: 'use a port for each, as the listeners of the proxy have',
    },
  ]
}

function idViolations(path: string, ids: readonly number[]): readonly Violation[] {
  return ids.flatMap((value, index) => {
    if (Number.isInteger(value) && value >= 0 && value <= GREATEST_ID) return []
    const problem = 'this is not the number of a user or group'
    const remedy = 'use a whole number, such as the runAsUser of the proxy'
    return [{ field: `${path}[${index}]`, value, problem, remedy }]
  })
}
