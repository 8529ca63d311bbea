import { RE2JS } from 're2js'
import type { ComputedResource, Rational } from '../../../api/expression/index.ts'
import {
  add,
  compare,
  computeQuantity,
  ExpressionError,
  readQuantity,
  ZERO,
} from '../../../api/expression/index.ts'
import type { ResourcesPolicy, TargetMode } from '../../../api/v1beta1/sidecarset.ts'
import type { Container, Pod } from '../podTypes.ts'
import { appContainers } from './appContainers.ts'

type Resources = NonNullable<Container['resources']>
type Kind = 'limits' | 'requests'

/** Either the resources, or a sentence why they cannot be computed. */
export type ComputedResources = { readonly resources: Resources } | { readonly problem: string }

const RESOURCES = ['cpu', 'memory'] as const

/**
 * The resources of a sidecar from those of the containers it names. A limit that one of them lacks
 * is absent here too: without it that container is unlimited, and so is what is made of it. A
 * request above the limit that comes out is lowered to it, since the pod would be refused else.
 */
export function computedResources(policy: ResourcesPolicy, pod: Pod): ComputedResources {
  const regex = policy.targetContainersNameRegex ?? ''
  const targets = targetsOf(pod, regex)
  if (targets.length === 0) {
    const problem = `no container of the pod has a name that matches ${JSON.stringify(regex)}, from which its resources would be computed`
    return { problem }
  }
  const mode = policy.targetContainersMode ?? 'sum'
  try {
    const limits = computed('limits', policy, targets, mode)
    const requests = computed('requests', policy, targets, mode)
    return {
      resources: {
        ...section('limits', limits),
        ...section('requests', lowered(requests, limits)),
      },
    }
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    return { problem: `its resources cannot be computed: ${error.message}` }
  }
}

/** Containers that run all the pod's life: the app's own, and its native sidecars. */
function targetsOf(pod: Pod, regex: string): readonly Container[] {
  const pattern = RE2JS.compile(regex)
  const native = (pod.spec?.initContainers ?? []).filter(
    ({ restartPolicy }) => restartPolicy === 'Always',
  )
  return [...native, ...appContainers(pod)].filter(({ name }) => pattern.matcher(name).find())
}

function computed(
  kind: Kind,
  policy: ResourcesPolicy,
  targets: readonly Container[],
  mode: TargetMode,
): Readonly<Record<string, string>> {
  const result: Record<string, string> = {}
  for (const resource of RESOURCES) {
    const text = policy.resourcesExpr?.[kind]?.[resource] ?? ''
    const amount = combined(kind, resource, targets, mode)
    if (text === '' || amount === undefined) continue
    result[resource] = inContext(kind, resource, () => computeQuantity(text, resource, amount))
  }
  return result
}

/** Undefined: unlimited. A request that is not there is none. */
function combined(
  kind: Kind,
  resource: ComputedResource,
  targets: readonly Container[],
  mode: TargetMode,
): Rational | undefined {
  const texts = targets.map(({ resources }) => resources?.[kind]?.[resource])
  if (kind === 'limits' && texts.includes(undefined)) return undefined
  const amounts = texts.map((text) => (text === undefined ? ZERO : (readQuantity(text) ?? ZERO)))
  return amounts.reduce(
    (total, one) => (mode === 'sum' ? add(total, one) : compare(one, total) > 0 ? one : total),
    ZERO,
  )
}

function inContext(kind: Kind, resource: string, compute: () => string): string {
  try {
    return compute()
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error
    throw new ExpressionError(`resourcesExpr.${kind}.${resource}: ${error.message}`)
  }
}

function lowered(
  requests: Readonly<Record<string, string>>,
  limits: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(requests).map(([name, request]) => {
      const limit = limits[name]
      const above =
        limit !== undefined &&
        compare(readQuantity(request) ?? ZERO, readQuantity(limit) ?? ZERO) > 0
      return [name, above ? limit : request]
    }),
  )
}

function section(kind: Kind, quantities: Readonly<Record<string, string>>): Resources {
  return Object.keys(quantities).length === 0 ? {} : { [kind]: { ...quantities } }
}
