import { applyDefaults } from '../../api/defaults/applyDefaults.ts'
import { setSpecOfGateway } from '../../api/gateway/subject.ts'
import { conflictViolations } from '../../api/validation/conflicts.ts'
import { validateIngressGateway } from '../../api/validation/gateway/validateIngressGateway.ts'
import { validateSidecarSet } from '../../api/validation/validateSidecarSet.ts'
import { validateTrafficInterception } from '../../api/validation/interception/validateTrafficInterception.ts'
import type { Violation } from '../../api/validation/violation.ts'
import { formatViolation } from '../../api/validation/violation.ts'
import type { IngressGateway } from '../../api/v1beta1/ingressgateway.ts'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import type { TrafficInterception } from '../../api/v1beta1/trafficinterception.ts'
import { selectsPod } from '../../webhook/inject/selection.ts'
import { injectPod } from '../injection/injectManifest.ts'
import type { Setting } from '../injection/setting.ts'
import { isSidecarSet } from '../injection/setting.ts'
import type { Manifest } from '../manifests/manifest.ts'
import { titleOf } from '../manifests/manifest.ts'
import { podOf } from '../manifests/podTemplate.ts'
import { adviceFor } from './advice.ts'
import type { Finding } from './finding.ts'
import { schemaFindings, schemaOf } from './schemaFindings.ts'
import { isSuppressed } from './suppress.ts'

export interface LintInput {
  readonly manifests: readonly Manifest[]
  /** Sets that exist besides those of the manifests. */
  readonly others: readonly SidecarSet[]
  readonly setting: Omit<Setting, 'cluster' | 'sets'>
  /** `CODE` or `CODE=kind/name`. */
  readonly suppressed: readonly string[]
  readonly nowMs: number
}

/** Everything that is wrong or doubtful with manifests: by the code of the webhook, without it. */
export function lint(input: LintInput): readonly Finding[] {
  const { manifests, others, suppressed } = input
  const refused = new Set<Manifest>()
  const found = manifests.flatMap((manifest) => {
    const wrong = [...schemaFindings(manifest)]
    // Validation trusts in the types of the schema.
    if (wrong.every(({ code }) => code === 'BTN001')) wrong.push(...violationsOf(manifest))
    if (wrong.length > 0) refused.add(manifest)
    return wrong
  })
  const sets = manifests.filter((one) => isSidecarSet(one) && !refused.has(one))
  const all = sets.map((one) => one as unknown as SidecarSet)
  const conflicts = sets.flatMap((manifest, index) => {
    const set = all[index]
    if (set === undefined) return []
    const rest = [...all.slice(0, index), ...others]
    return conflictViolations(set, rest).map((one) => finding('BTN004', manifest, one))
  })
  const advice = sets.flatMap((manifest) =>
    adviceFor(titleOf(manifest), applyDefaults((manifest as unknown as SidecarSet).spec)),
  )
  const gateways = manifests
    .filter((one) => one.kind === 'IngressGateway' && schemaOf(one) !== undefined)
    .filter((one) => !refused.has(one))
  const everything = [
    ...found,
    ...duplicates(manifests),
    ...conflicts,
    ...advice,
    ...gateways.flatMap(gatewayAdvice),
    ...podFindings(input, [...all, ...others], sets),
  ]
  return everything.filter((one) => !isSuppressed(one, manifests, suppressed))
}

function violationsOf(manifest: Manifest): readonly Finding[] {
  if (schemaOf(manifest) === undefined) return []
  return violationsOfKind(manifest).map((one) => finding('BTN003', manifest, one))
}

function violationsOfKind(manifest: Manifest): readonly Violation[] {
  switch (manifest.kind) {
    case 'SidecarSet':
      return validateSidecarSet(manifest as unknown as SidecarSet)
    case 'TrafficInterception':
      return validateTrafficInterception(manifest as unknown as TrafficInterception)
    case 'IngressGateway':
      return validateIngressGateway(manifest as unknown as IngressGateway)
    default:
      return []
  }
}

/** What is doubtful about a gateway, told of its own fields. */
function gatewayAdvice(manifest: Manifest): readonly Finding[] {
  const spec = applyDefaults(setSpecOfGateway(manifest as unknown as IngressGateway))
  const ofProxy = (text: string): string => text.replaceAll('spec.containers[0]', 'spec.proxy')
  return adviceFor(titleOf(manifest), spec).map((one) => ({
    ...one,
    ...(one.field === undefined ? {} : { field: ofProxy(one.field) }),
    message: ofProxy(one.message),
  }))
}

function finding(code: Finding['code'], manifest: Manifest, violation: Violation): Finding {
  const { field } = violation
  const object = titleOf(manifest)
  return { code, severity: 'Error', object, field, message: formatViolation(violation) }
}

function duplicates(manifests: readonly Manifest[]): readonly Finding[] {
  const seen = new Set<string>()
  return manifests.flatMap((manifest) => {
    const object = titleOf(manifest)
    const key = `${manifest.apiVersion} ${object}`
    if (manifest.metadata.name === undefined || !seen.has(key)) {
      seen.add(key)
      return []
    }
    const message = `${object} is there twice: the second one replaces the first`
    return [{ code: 'BTN005', severity: 'Error', object, message } as const]
  })
}

/** What becomes of the pods of the manifests. */
function podFindings(
  { manifests, setting, nowMs }: LintInput,
  sets: readonly SidecarSet[],
  own: readonly Manifest[],
): readonly Finding[] {
  const making = manifests.flatMap((manifest) => {
    const pod = podOf(manifest)
    return pod === undefined ? [] : [{ object: titleOf(manifest), pod }]
  })
  const inPods = making.flatMap(({ object, pod }): readonly Finding[] => {
    const { report } = injectPod(pod, { ...setting, sets }, nowMs)
    return [
      ...report.skipped
        .filter(({ reason }) => reason !== 'AlreadyInjected')
        .map(({ set, reason, sentence }) => {
          const message = `${set} is not injected: ${reason}: ${sentence}`
          return { code: 'BTN102', severity: 'Warning', object, message } as const
        }),
      ...report.warnings.map(
        (message) => ({ code: 'BTN107', severity: 'Warning', object, message }) as const,
      ),
    ]
  })
  if (making.length === 0) return inPods
  const unused = own.flatMap((manifest): readonly Finding[] => {
    const set = manifest as unknown as SidecarSet
    const selects = making.some(({ pod }) =>
      selectsPod(
        set,
        pod,
        setting.namespaceOf(pod.metadata?.namespace ?? setting.defaultNamespace),
      ),
    )
    if (selects) return []
    const object = titleOf(manifest)
    const message = `${object} selects none of the pods that the manifests make; compare spec.selector with their labels (kubectl baton why-injected -f)`
    return [{ code: 'BTN101', severity: 'Warning', object, field: 'spec.selector', message }]
  })
  return [...unused, ...inPods]
}
