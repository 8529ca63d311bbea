import type { InjectRevision, SidecarSetSpec } from '../v1beta1/sidecarset.ts'
import { LONGEST_LABEL } from './dnsLabel.ts'
import type { Violation } from './violation.ts'

const POLICIES = ['Always', 'Partial']
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/

/** What is wrong with the version of a set, and with the revision that it pins for new pods. */
export function injectionStrategyViolations(spec: SidecarSetSpec): readonly Violation[] {
  const revision = spec.injectionStrategy?.revision
  return [
    ...labelViolations('spec.customVersion', spec.customVersion),
    ...(revision === undefined ? [] : revisionViolations(revision)),
  ]
}

function revisionViolations(revision: InjectRevision): readonly Violation[] {
  const field = 'spec.injectionStrategy.revision'
  const policy: string | undefined = revision.policy
  return [
    ...((revision.revisionName ?? '') === '' && (revision.customVersion ?? '') === ''
      ? [
          {
            field,
            value: revision,
            problem: 'nothing says which revision new pods get',
            remedy: 'set revisionName or customVersion, or leave revision out for the latest',
          },
        ]
      : []),
    ...labelViolations(`${field}.customVersion`, revision.customVersion),
    ...(policy === undefined || POLICIES.includes(policy)
      ? []
      : [
          {
            field: `${field}.policy`,
            value: policy,
            problem: 'there is no such policy',
            remedy: `use one of ${POLICIES.join(', ')}`,
          },
        ]),
  ]
}

function labelViolations(field: string, value: string | undefined): readonly Violation[] {
  if (value === undefined) return []
  if (value.length <= LONGEST_LABEL && LABEL_VALUE.test(value)) return []
  return [
    {
      field,
      value,
      problem: 'it is the value of a label on the revision, and this is none',
      remedy: `use at most ${LONGEST_LABEL} letters, digits, '-', '_' and '.', such as v1.2.3`,
    },
  ]
}
