import { expect } from 'chai'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { definitions } from './definitions.ts'
import { generatedDefinitions } from './generate.ts'
import type { Schema } from './schema.ts'

/** What the API server wants of a structural schema, as far as ours could break it. */
function structuralFaults(schema: Schema, path: string): readonly string[] {
  const { type, properties, items, additionalProperties, required = [] } = schema
  const keys = schema['x-kubernetes-list-map-keys'] ?? []
  const faults: (string | undefined)[] = [
    type === undefined && !isOpen(schema) ? 'no type' : undefined,
    type === 'array' && items === undefined ? 'a list without items' : undefined,
    properties !== undefined && additionalProperties !== undefined ? 'map and object' : undefined,
    ...required.map((key) => (properties?.[key] === undefined ? `no field ${key}` : undefined)),
    ...keys.map((key) => (items?.required?.includes(key) === true ? undefined : `key ${key}`)),
  ]
  return [
    ...faults.filter((fault) => fault !== undefined).map((fault) => `${path}: ${fault}`),
    ...Object.entries(properties ?? {}).flatMap(([key, child]) =>
      structuralFaults(child, `${path}.${key}`),
    ),
    ...(items === undefined ? [] : structuralFaults(items, `${path}[]`)),
    ...(additionalProperties === undefined
      ? []
      : structuralFaults(additionalProperties, `${path}.*`)),
  ]
}

/** What may do without a type. */
function isOpen(schema: Schema): boolean {
  const isAny = schema['x-kubernetes-preserve-unknown-fields'] === true
  return isAny || schema['x-kubernetes-int-or-string'] === true
}

/** Rules whose cost the API server cannot bound, for which it refuses the definition. */
function endlessRules(schema: Schema, path: string, endless: boolean): readonly string[] {
  const { properties = {}, items, maxItems } = schema
  const rules = schema['x-kubernetes-validations'] ?? []
  return [
    ...(endless ? rules.map(({ rule }) => `${path}: ${rule}`) : []),
    ...Object.entries(properties).flatMap(([key, child]) =>
      endlessRules(child, `${path}.${key}`, endless),
    ),
    ...(items === undefined
      ? []
      : endlessRules(items, `${path}[]`, endless || maxItems === undefined)),
  ]
}

/** Rules that name a field which is not there: the API server refuses the whole definition. */
function lostPaths(schema: Schema, path: string): readonly string[] {
  const { properties = {}, items } = schema
  const rules = schema['x-kubernetes-validations'] ?? []
  const leads = (fieldPath: string): boolean => {
    const names = fieldPath.split('.').slice(1)
    let at: Schema | undefined = schema
    for (const name of names) at = at?.properties?.[name]
    return names.length > 0 && at !== undefined
  }
  return [
    ...rules.flatMap(({ fieldPath }) =>
      fieldPath === undefined || leads(fieldPath) ? [] : [`${path} ${fieldPath}`],
    ),
    ...Object.entries(properties).flatMap(([key, child]) => lostPaths(child, `${path}.${key}`)),
    ...(items === undefined ? [] : lostPaths(items, `${path}[]`)),
  ]
}

const COLUMNS: Readonly<Record<string, string>> = {
  SidecarSet: 'MATCHED UPDATED READY UPGRADING FAILED STEP REASON AGE',
  IngressGateway: 'ADDRESS REPLICAS READY UPDATED UPGRADING FAILED STEP REASON AGE',
  TrafficInterception: 'WANTED MATCHED ENABLED DISABLED SWITCHING FAILED REASON AGE',
}

describe('the generated CustomResourceDefinitions', () => {
  for (const { file, text } of generatedDefinitions()) {
    it(`${fileURLToPath(file).split('/').at(-1) ?? ''} is current: run node crds/generate.ts`, () => {
      expect(readFileSync(file, 'utf8')).to.equal(text)
    })
  }

  it('are all files of the folder', () => {
    const names = generatedDefinitions().map(({ file }) => file.pathname.split('/').at(-1))
    expect(readdirSync(new URL('generated/', import.meta.url))).to.have.members(names)
  })

  for (const { spec } of definitions) {
    const { kind } = spec.names
    const [version] = spec.versions
    const schema: Schema = version.schema.openAPIV3Schema

    it(`show what a rollout does, and why, as columns of kubectl get: ${kind}`, () => {
      const properties = schema.properties?.['status']?.properties ?? {}
      const names = version.additionalPrinterColumns.map(({ name, jsonPath }) => {
        const field = /^\.status\.(\w+)/.exec(jsonPath)?.[1]
        if (field !== undefined) expect(properties).to.have.property(field)
        return name.toUpperCase()
      })
      expect(names.join(' ')).to.equal(COLUMNS[kind])
    })

    it(`have rules in CEL below lists with an end only, as their cost is estimated: ${kind}`, () => {
      expect(endlessRules(schema, '', false)).to.deep.equal([])
    })

    it(`have rules that name fields of their schema: ${kind}`, () => {
      expect(lostPaths(schema, '')).to.deep.equal([])
      const lost = { rule: 'true', message: '', fieldPath: '.metadata.name' }
      expect(lostPaths({ ...schema, 'x-kubernetes-validations': [lost] }, '')).to.have.length(1)
    })

    it(`have structural schemas: ${kind}`, () => {
      expect(structuralFaults(schema, '')).to.deep.equal([])
    })
  }

  it('describe each field of ours', () => {
    const text = generatedDefinitions()
      .map((generated) => generated.text)
      .join()
    for (const field of ['handover', 'maxUnavailable', 'privatePorts', 'prefetchImages']) {
      expect(text).to.match(new RegExp(`${field}:\\n +description: "?[A-Z]`))
    }
  })
})
