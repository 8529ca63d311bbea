import { RE2JS } from 're2js'
import type { ComputedResource } from '../expression/index.ts'
import { expressionProblem } from '../expression/index.ts'
import type { ResourcesPolicy, TransferEnv } from '../v1beta1/sidecarset.ts'
import { choiceViolations } from './choice.ts'
import type { PlacedContainer } from './placedContainer.ts'
import type { Violation } from './violation.ts'

/** What is wrong with what a container wants to take from the app's containers. */
export function fromAppViolations(placed: PlacedContainer): readonly Violation[] {
  const { path, container } = placed
  return [
    ...shareViolations(`${path}.shareVolumePolicy.type`, container.shareVolumePolicy?.type),
    ...shareViolations(
      `${path}.shareVolumeDevicePolicy.type`,
      container.shareVolumeDevicePolicy?.type,
    ),
    ...(container.transferEnv ?? []).flatMap((transfer, index) =>
      transferViolations(`${path}.transferEnv[${index}]`, transfer),
    ),
    ...(container.resourcesPolicy === undefined
      ? []
      : policyViolations(placed, container.resourcesPolicy)),
  ]
}

function shareViolations(field: string, value: string | undefined): readonly Violation[] {
  return choiceViolations(field, value, ['enabled', 'disabled'])
}

const METADATA_FIELD = /^metadata\.(?:labels|annotations)\['[^']+'\]$/

function transferViolations(path: string, transfer: TransferEnv): readonly Violation[] {
  const { sourceContainerName, sourceContainerNameFrom, envName, envNames = [] } = transfer
  const violations: Violation[] = []
  const fieldPath = sourceContainerNameFrom?.fieldRef?.fieldPath
  if (sourceContainerNameFrom === undefined) {
    if (sourceContainerName === undefined || sourceContainerName === '') {
      violations.push({
        field: `${path}.sourceContainerName`,
        value: sourceContainerName,
        problem: 'nothing says which container the variables come from',
        remedy: "name one of the app's containers, or set sourceContainerNameFrom",
      })
    }
  } else if (fieldPath === undefined || !METADATA_FIELD.test(fieldPath)) {
    violations.push({
      field: `${path}.sourceContainerNameFrom.fieldRef.fieldPath`,
      value: fieldPath,
      problem: 'this names neither a label nor an annotation of the pod',
      remedy: "write a path such as metadata.labels['app'] or metadata.annotations['main']",
    })
  }
  if ((envName ?? '') === '' && envNames.length === 0) {
    violations.push({
      field: `${path}.envName`,
      value: envName,
      problem: 'no variable is named',
      remedy: 'set envName or envNames',
    })
  }
  return violations
}

function policyViolations(
  { path, container }: PlacedContainer,
  policy: ResourcesPolicy,
): readonly Violation[] {
  const field = `${path}.resourcesPolicy`
  const { requests = {}, limits = {} } = container.resources ?? {}
  const hasOwn = Object.keys({ ...requests, ...limits }).length > 0
  return [
    ...(hasOwn
      ? [
          {
            field: `${path}.resources`,
            value: container.resources,
            problem: 'resourcesPolicy computes them already',
            remedy: 'leave out one of the two',
          },
        ]
      : []),
    ...choiceViolations(`${field}.targetContainersMode`, policy.targetContainersMode, [
      'sum',
      'max',
    ]),
    ...regexViolations(`${field}.targetContainersNameRegex`, policy.targetContainersNameRegex),
    ...expressionViolations(`${field}.resourcesExpr`, policy.resourcesExpr),
  ]
}

function regexViolations(field: string, value: string | undefined): readonly Violation[] {
  const remedy = 'write a regular expression such as ^app$, or .* for all containers of the app'
  if (value === undefined || value === '') {
    return [{ field, value, problem: 'nothing says which containers count', remedy }]
  }
  try {
    RE2JS.compile(value)
    return []
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    return [{ field, value, problem, remedy }]
  }
}

function expressionViolations(
  field: string,
  given: ResourcesPolicy['resourcesExpr'],
): readonly Violation[] {
  const places = (['limits', 'requests'] as const).flatMap((kind) =>
    (['cpu', 'memory'] as const).flatMap((resource) => {
      const text = given?.[kind]?.[resource] ?? ''
      return text === '' ? [] : [{ kind, resource, text }]
    }),
  )
  if (places.length === 0) {
    const problem = 'no expression says what the resources shall be'
    return [
      { field, value: given, problem, remedy: 'set limits or requests, such as cpu: cpu*50%' },
    ]
  }
  return places.flatMap(({ kind, resource, text }) =>
    expressionViolation(`${field}.${kind}.${resource}`, resource, text),
  )
}

function expressionViolation(
  field: string,
  resource: ComputedResource,
  value: string,
): readonly Violation[] {
  const problem = expressionProblem(value, resource)
  if (problem === undefined) return []
  const example = resource === 'cpu' ? 'max(cpu*50%, 50m)' : 'min(memory/4, 256Mi)'
  return [{ field, value, problem, remedy: `write an expression such as ${example}` }]
}
