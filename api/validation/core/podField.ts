import type { V1ObjectFieldSelector, V1ResourceFieldSelector } from '@kubernetes/client-node'
import type { Wire } from '../../wire.ts'
import type { Violation } from '../violation.ts'

const OF_METADATA = ['metadata.name', 'metadata.namespace', 'metadata.uid']
const SUBSCRIPT = /^metadata\.(?:labels|annotations)\['[^']+'\]$/

/** Fields of a pod that a variable can have, and those that a file can. */
const FIELDS = {
  variable: [
    ...OF_METADATA,
    'spec.nodeName',
    'spec.serviceAccountName',
    ...['status.hostIP', 'status.hostIPs', 'status.podIP', 'status.podIPs'],
  ],
  file: [...OF_METADATA, 'metadata.labels', 'metadata.annotations'],
} as const

/** A field of the pod that stands for a value. */
export function fieldRefViolations(
  path: string,
  { apiVersion, fieldPath = '' }: Partial<Wire<V1ObjectFieldSelector>>,
  place: keyof typeof FIELDS,
): readonly Violation[] {
  const field = `${path}.fieldPath`
  const known: readonly string[] = FIELDS[place]
  const version =
    apiVersion === undefined || apiVersion === 'v1'
      ? []
      : [
          {
            field: `${path}.apiVersion`,
            value: apiVersion,
            problem: 'pods have no such version',
            remedy: 'leave it out',
          },
        ]
  if (known.includes(fieldPath) || SUBSCRIPT.test(fieldPath)) return version
  const remedy = `use one of ${known.join(', ')}, or one such as metadata.labels['app']`
  return [
    ...version,
    { field, value: fieldPath, problem: 'this is no field of a pod that can be had here', remedy },
  ]
}

const RESOURCE = /^(?:limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/
const DIVISORS: Readonly<Record<string, RegExp>> = {
  cpu: /^0$|^1m?$/,
  // Zero stands for the default, which is 1.
  other: /^0$|^1(?:[kMGTPE]|[KMGTPE]i)?$/,
}

/** A resource of a container that stands for a value. */
export function resourceFieldRefViolations(
  path: string,
  { resource = '', divisor, containerName }: Partial<Wire<V1ResourceFieldSelector>>,
  place: keyof typeof FIELDS,
): readonly Violation[] {
  const [, name] = RESOURCE.exec(resource) ?? []
  if (name === undefined) {
    const remedy =
      'use limits or requests with cpu, memory or ephemeral-storage, such as limits.cpu'
    const problem = 'this is no resource that can be had here'
    return [{ field: `${path}.resource`, value: resource, problem, remedy }]
  }
  if (place === 'file' && (containerName ?? '') === '') {
    const problem = 'a file does not know of which container it is'
    const remedy = 'name a container of the pod'
    return [{ field: `${path}.containerName`, value: containerName, problem, remedy }]
  }
  const allowed = DIVISORS[name] ?? DIVISORS['other']
  if (divisor === undefined || allowed?.test(divisor) === true) return []
  const units = name === 'cpu' ? '1m or 1' : '1, or 1 with a unit such as 1Mi'
  const problem = `${name} is not told in this unit`
  return [{ field: `${path}.divisor`, value: divisor, problem, remedy: `use ${units}` }]
}
