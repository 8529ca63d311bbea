import { choiceViolations } from '../choice.ts'
import type { PlacedContainer } from '../placedContainer.ts'
import type { Violation } from '../violation.ts'

const HIGHEST_ID = 2 ** 31 - 1
const PROFILE_TYPES = ['Localhost', 'RuntimeDefault', 'Unconfined']

/** Rights that a pod would be refused for. */
export function securityContextViolations({
  path,
  container: { securityContext: context },
}: PlacedContainer): readonly Violation[] {
  if (context === undefined) return []
  const field = `${path}.securityContext`
  return [
    ...(['runAsUser', 'runAsGroup'] as const).flatMap((key) =>
      idViolations(`${field}.${key}`, context[key]),
    ),
    ...choiceViolations(`${field}.procMount`, context.procMount, ['Default', 'Unmasked']),
    ...(['seccompProfile', 'appArmorProfile'] as const).flatMap((key) =>
      profileViolations(`${field}.${key}`, context[key]),
    ),
    ...escalationViolations(`${field}.allowPrivilegeEscalation`, context),
  ]
}

function idViolations(field: string, value: number | undefined): readonly Violation[] {
  if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= HIGHEST_ID)) {
    return []
  }
  const remedy = `use a whole number from 0 to ${HIGHEST_ID}`
  return [{ field, value, problem: 'there is no such user or group', remedy }]
}

function profileViolations(
  field: string,
  profile: { readonly type?: string; readonly localhostProfile?: string } | undefined,
): readonly Violation[] {
  if (profile === undefined) return []
  const { type = '', localhostProfile } = profile
  const wrong = choiceViolations(`${field}.type`, type, PROFILE_TYPES)
  if (wrong.length > 0) return wrong
  const isNamed = (localhostProfile ?? '') !== ''
  if (isNamed === (type === 'Localhost')) return []
  return [
    {
      field: `${field}.localhostProfile`,
      value: localhostProfile,
      problem: `with the type ${type} it is ${isNamed ? 'not wanted' : 'needed'}`,
      remedy: isNamed ? 'leave it out, or use the type Localhost' : 'name a profile of the node',
    },
  ]
}

function escalationViolations(
  field: string,
  {
    allowPrivilegeEscalation,
    privileged,
    capabilities,
  }: NonNullable<PlacedContainer['container']['securityContext']>,
): readonly Violation[] {
  if (allowPrivilegeEscalation !== false) return []
  const isAdmin = (capabilities?.add ?? []).includes('CAP_SYS_ADMIN')
  if (privileged !== true && !isAdmin) return []
  const problem = `${isAdmin ? 'CAP_SYS_ADMIN' : 'privileged'} allows it already`
  return [{ field, value: false, problem, remedy: 'leave out one of the two' }]
}
