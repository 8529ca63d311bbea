import { parseAllDocuments } from 'yaml'

/** An object of the installation as a test reads it. */
export interface InstalledObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
}

/** The objects of a YAML stream, empty documents left out. */
export function parseObjects(text: string): readonly InstalledObject[] {
  return parseAllDocuments(text, { version: '1.1' }).flatMap((document) => {
    const object = document.toJS() as InstalledObject | null
    return object === null ? [] : [object]
  })
}

/** Kind, namespace and name, which no two objects of an installation share. */
export function keyOf({ kind, metadata }: InstalledObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`
}

/** Objects by their keys: for comparisons that do not mind the order. */
export function byKey(
  objects: readonly InstalledObject[],
): Readonly<Record<string, InstalledObject>> {
  return Object.fromEntries(objects.map((object) => [keyOf(object), object]))
}
