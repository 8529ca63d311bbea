import type { Access, AccessRule } from '../accessRules.ts'
import type { Ask } from '../../runtime/testing/asks.ts'

/** The least that can be given: one verb on one resource, everywhere or in the own namespace. */
export interface Grant {
  readonly scope: keyof Access
  readonly group: string
  readonly resource: string
  readonly verb: string
  readonly name: string | undefined
}

export function grantsOf(access: Access): readonly Grant[] {
  const of = (scope: keyof Access) =>
    access[scope].flatMap(({ apiGroups, resources, verbs, resourceNames }: AccessRule) =>
      apiGroups.flatMap((group) =>
        resources.flatMap((resource) =>
          verbs.flatMap((verb) =>
            (resourceNames ?? [undefined]).map((name) => ({ scope, group, resource, verb, name })),
          ),
        ),
      ),
    )
  return [...of('cluster'), ...of('namespace')]
}

/** Whether a grant answers the question with yes, as RBAC does. */
export function allows(grant: Grant, ask: Ask, namespace: string): boolean {
  return (
    grant.group === ask.group &&
    grant.resource === ask.resource &&
    grant.verb === ask.verb &&
    (grant.name === undefined || grant.name === ask.name) &&
    (grant.scope === 'cluster' || ask.namespace === namespace)
  )
}

export function describeGrant({ scope, verb, group, resource, name = '*' }: Grant): string {
  return `${scope}: ${verb} ${group === '' ? '' : `${group}/`}${resource} ${name}`
}
