import type { SidecarContainer } from '../../v1beta1/sidecarset.ts'
import type { PlacedContainer } from '../placedContainer.ts'
import type { Violation } from '../violation.ts'
import { keyViolations, objectNameViolations, variableViolations } from './names.ts'
import { fieldRefViolations, resourceFieldRefViolations } from './podField.ts'
import { unionViolations } from './present.ts'

type Variable = NonNullable<SidecarContainer['env']>[number]
type Source = NonNullable<Variable['valueFrom']>

/** Variables that a pod would be refused for. */
export function environmentViolations({ path, container }: PlacedContainer): readonly Violation[] {
  return [
    ...(container.env ?? []).flatMap((variable, index) =>
      variableOf(`${path}.env[${index}]`, variable),
    ),
    ...(container.envFrom ?? []).flatMap((from, index) => {
      const field = `${path}.envFrom[${index}]`
      const { configMapRef, secretRef, prefix } = from
      return [
        ...unionViolations(field, from, ['configMapRef', 'secretRef']),
        ...(configMapRef === undefined
          ? []
          : objectNameViolations(`${field}.configMapRef.name`, configMapRef.name)),
        ...(secretRef === undefined
          ? []
          : objectNameViolations(`${field}.secretRef.name`, secretRef.name)),
        ...((prefix ?? '') === '' ? [] : variableViolations(`${field}.prefix`, prefix)),
      ]
    }),
  ]
}

function variableOf(field: string, { name, value, valueFrom }: Variable): readonly Violation[] {
  const named = variableViolations(`${field}.name`, name)
  if (valueFrom === undefined) return named
  if ((value ?? '') !== '') {
    const problem = 'the variable has a value already'
    const remedy = 'leave out one of value and valueFrom'
    return [...named, { field: `${field}.valueFrom`, value: valueFrom, problem, remedy }]
  }
  return [...named, ...sourceOf(`${field}.valueFrom`, valueFrom)]
}

const SOURCES = ['fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef']

function sourceOf(field: string, source: Source): readonly Violation[] {
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = source
  return [
    ...unionViolations(field, source, SOURCES),
    ...(fieldRef === undefined
      ? []
      : fieldRefViolations(`${field}.fieldRef`, fieldRef, 'variable')),
    ...(resourceFieldRef === undefined
      ? []
      : resourceFieldRefViolations(`${field}.resourceFieldRef`, resourceFieldRef, 'variable')),
    ...keyRef(`${field}.configMapKeyRef`, configMapKeyRef),
    ...keyRef(`${field}.secretKeyRef`, secretKeyRef),
  ]
}

function keyRef(
  field: string,
  ref: { readonly name?: string; readonly key?: string } | undefined,
): readonly Violation[] {
  if (ref === undefined) return []
  return [
    ...objectNameViolations(`${field}.name`, ref.name),
    ...keyViolations(`${field}.key`, ref.key),
  ]
}
