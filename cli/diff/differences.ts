import { oneOf, object, optional, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'

export const differenceShape = object('One field that differs.', {
  path: text('Where, with names instead of places in lists: containers[proxy].image.'),
  change: oneOf('What became of it.', 'Added', 'Removed', 'Changed'),
  before: optional(text('The value, as JSON.')),
  after: optional(text('The value, as JSON.')),
})

export type Difference = ShapeOf<typeof differenceShape>

/** Every field that differs between two values, elements of lists compared by their names. */
export function differences(before: unknown, after: unknown, path = ''): readonly Difference[] {
  if (before === undefined && after === undefined) return []
  if (before === undefined) return [{ path, change: 'Added', after: JSON.stringify(after) }]
  if (after === undefined) return [{ path, change: 'Removed', before: JSON.stringify(before) }]
  const [left, right] = [fieldsOf(before), fieldsOf(after)]
  if (left === undefined || right === undefined || left.isList !== right.isList) {
    const [old, now] = [JSON.stringify(before), JSON.stringify(after)]
    return old === now ? [] : [{ path, change: 'Changed', before: old, after: now }]
  }
  const keys = [...new Set([...left.fields.keys(), ...right.fields.keys()])]
  return keys.flatMap((key) => {
    const inner = left.isList ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`
    return differences(left.fields.get(key), right.fields.get(key), inner)
  })
}

interface Fields {
  readonly isList: boolean
  readonly fields: ReadonlyMap<string, unknown>
}

function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!Array.isArray(value)) return { isList: false, fields: new Map(Object.entries(value)) }
  const elements = value as readonly unknown[]
  return {
    isList: true,
    fields: new Map(elements.map((element, index) => [nameOf(element) ?? String(index), element])),
  }
}

function nameOf(element: unknown): string | undefined {
  if (typeof element !== 'object' || element === null || !('name' in element)) return undefined
  return typeof element.name === 'string' ? element.name : undefined
}
