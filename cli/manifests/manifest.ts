import { parseAllDocuments } from 'yaml'
import { usageError } from '../cliError.ts'

/** An object of a file, as it stands there. */
export interface Manifest {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name?: string
    readonly generateName?: string
    readonly namespace?: string
  } & Readonly<Record<string, unknown>>
  readonly [field: string]: unknown
}

/**
 * The objects of a file of YAML documents or JSON; those of a List one by one, in their order.
 * Errors: CliError `usage` that names the file, the line or the document, and what is wrong.
 */
export function parseManifests(text: string, file: string): readonly Manifest[] {
  const name = file === '-' ? 'standard input' : file
  const documents = parseAllDocuments(text, { version: '1.1', merge: true })
  if (!Array.isArray(documents)) return []
  return documents.flatMap((document, index) => {
    const [fault] = document.errors
    if (fault !== undefined) {
      const line = fault.linePos?.[0].line
      const where = line === undefined ? `document ${index + 1}` : `line ${line}`
      throw usageError(`${name} is no YAML, ${where}: ${fault.message.split('\n')[0] ?? ''}`)
    }
    const value: unknown = document.toJS()
    if (value === null || value === undefined) return []
    return flatten(value, `${name}, document ${index + 1}`)
  })
}

function flatten(value: unknown, where: string): readonly Manifest[] {
  if (!isManifest(value)) {
    throw usageError(
      `${where} is no Kubernetes object: apiVersion, kind or metadata is missing`,
      'give it manifests as kubectl apply takes them',
    )
  }
  if (!value.kind.endsWith('List') || !Array.isArray(value['items'])) return [value]
  return value['items'].flatMap((item: unknown, index) =>
    flatten(item, `${where}, items[${index}]`),
  )
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false
  const { apiVersion, kind, metadata, items } = value as Readonly<Record<string, unknown>>
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return false
  return Array.isArray(items) || (typeof metadata === 'object' && metadata !== null)
}

/** `deployment/web`, `deployment/web in shop`: how people call it. */
export function titleOf({ kind, metadata }: Manifest): string {
  const { name, generateName, namespace } = metadata
  const title = `${kind.toLowerCase()}/${name ?? `${generateName ?? ''}…`}`
  return namespace === undefined ? title : `${title} in ${namespace}`
}
