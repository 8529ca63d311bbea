import { definitions } from '../../crds/definitions.ts'
import type { Schema } from '../../crds/schema.ts'
import { nearest } from '../commandline/nearest.ts'
import type { Manifest } from '../manifests/manifest.ts'
import { titleOf } from '../manifests/manifest.ts'
import type { Finding } from './finding.ts'

/** Where an object does not have the schema of its kind: what the API server would drop or refuse. */
export function schemaFindings(manifest: Manifest): readonly Finding[] {
  const schema = schemaOf(manifest)
  if (schema === undefined) return []
  const object = titleOf(manifest)
  const { properties = {} } = schema
  return Object.entries(manifest)
    .filter(([name]) => !['apiVersion', 'kind', 'metadata'].includes(name))
    .concat(properties['spec'] !== undefined && !('spec' in manifest) ? [['spec', undefined]] : [])
    .flatMap(([name, value]) => field(properties, name, value, name))
    .map((fault) => ({ severity: 'Error', object, ...fault }))
}

/** The schema of a kind of ours; undefined for other kinds. */
export function schemaOf({ apiVersion, kind }: Manifest): Schema | undefined {
  for (const { spec } of definitions) {
    const [version] = spec.versions
    if (kind !== spec.names.kind || apiVersion !== `${spec.group}/${version.name}`) continue
    return version.schema.openAPIV3Schema
  }
  return undefined
}

type Fault = Pick<Finding, 'code' | 'message'> & { readonly field: string }

function field(
  properties: Readonly<Record<string, Schema>>,
  name: string,
  value: unknown,
  path: string,
): readonly Fault[] {
  const schema = properties[name]
  if (schema !== undefined) return faults(schema, value, path)
  const near = nearest(name, Object.keys(properties))
  const remedy = near === undefined ? 'leave it out' : `did you mean ${near}?`
  return [{ code: 'BTN001', field: path, message: `${path} is no field of this kind; ${remedy}` }]
}

function faults(schema: Schema, value: unknown, path: string): readonly Fault[] {
  if (schema['x-kubernetes-int-or-string'] === true) {
    const fits = typeof value === 'string' || Number.isInteger(value)
    return fits ? [] : [wrongType(path, value, 'a whole number or a text such as "25%"')]
  }
  switch (schema.type) {
    case 'object':
      if (typeof value !== 'object' || value === null || Array.isArray(value)) {
        return [wrongType(path, value, 'an object')]
      }
      return objectFaults(schema, value, path)
    case 'array':
      if (!Array.isArray(value)) return [wrongType(path, value, 'a list')]
      return value.flatMap((element: unknown, index) =>
        faults(schema.items ?? {}, element, `${path}[${index}]`),
      )
    case 'integer':
      return Number.isInteger(value) ? [] : [wrongType(path, value, 'a whole number')]
    case 'number':
      return typeof value === 'number' ? [] : [wrongType(path, value, 'a number')]
    case 'boolean':
      return typeof value === 'boolean' ? [] : [wrongType(path, value, 'true or false')]
    case 'string':
      return typeof value === 'string' ? [] : [wrongType(path, value, 'a text')]
    case undefined:
    default:
      return []
  }
}

function objectFaults(schema: Schema, value: object, path: string): readonly Fault[] {
  const { properties = {}, required = [], additionalProperties } = schema
  const isOpen = schema['x-kubernetes-preserve-unknown-fields'] === true
  const missing = required.filter((name) => !(name in value))
  return [
    ...missing.map((name) => wrongType(`${path}.${name}`, undefined, 'set')),
    ...Object.entries(value).flatMap(([name, element]: [string, unknown]) => {
      const inner = `${path}.${name}`
      // A field that is null counts as absent.
      if (element === null) return []
      if (additionalProperties !== undefined) return faults(additionalProperties, element, inner)
      if (isOpen && properties[name] === undefined) return []
      return field(properties, name, element, inner)
    }),
  ]
}

function wrongType(path: string, value: unknown, wanted: string): Fault {
  const seen = value === undefined ? 'not set' : JSON.stringify(value).slice(0, 60)
  return { code: 'BTN002', field: path, message: `${path} is ${seen}; it must be ${wanted}` }
}
