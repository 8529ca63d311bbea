import type { Value, ValueTree } from './value.ts'
import { isValue } from './value.ts'
import { toYaml } from './yaml.ts'

/** values.yaml: every value with its default and what it is for. */
export function valuesYaml(tree: ValueTree): string {
  return Object.entries(tree)
    .map(([name, node]) => entryOf(name, node))
    .join('')
}

function entryOf(name: string, node: Value<unknown> | ValueTree): string {
  if (!isValue(node)) return `${name}:\n${indented(valuesYaml(node))}`
  const comment = node.description.split('\n').map((line) => `# ${line}\n`)
  return comment.join('') + toYaml({ [name]: node.byDefault })
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ')
}

/** values.schema.json: Helm refuses what does not fit, a mistyped name too. */
export function valuesSchema(tree: ValueTree): string {
  const schema = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...schemaOf({ ...tree, ...GLOBAL }),
  }
  return `${JSON.stringify(schema, null, 2)}\n`
}

/** Helm adds it to the values of a chart that is part of another. */
const GLOBAL: ValueTree = {
  global: { description: 'Not used.', byDefault: {}, schema: { type: 'object' } },
}

function schemaOf(node: Value<unknown> | ValueTree): object {
  if (isValue(node)) {
    const description = node.description.replaceAll('\n', ' ')
    return { description, default: node.byDefault, ...node.schema }
  }
  const properties = Object.entries(node).map(([name, child]) => [name, schemaOf(child)])
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(properties) as object,
  }
}
