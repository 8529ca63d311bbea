import { open, stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'

/** Only writes, and of each only who wrote what. */
export function auditPolicy(): string {
  return JSON.stringify({
    apiVersion: 'audit.k8s.io/v1',
    kind: 'Policy',
    omitStages: ['RequestReceived'],
    rules: [{ level: 'Metadata', verbs: ['create', 'update', 'patch', 'delete'] }],
  })
}

/** Writes of one user by `verb resource`, such as `patch pods/status`. */
export type WriteCounts = ReadonlyMap<string, number>

/** Where the log ends now; what is counted from there on came later. */
export async function endOfLog(path: string): Promise<number> {
  return (await stat(path)).size
}

/** Counts a user's writes in a namespace's pods and everywhere else, from an offset to the end. */
export async function countWrites(
  path: string,
  { user, from, podNamespace }: { user: string; from: number; podNamespace: string },
): Promise<WriteCounts> {
  const counts = new Map<string, number>()
  const file = await open(path)
  try {
    const lines = createInterface({ input: file.createReadStream({ start: from }) })
    for await (const line of lines) {
      const what = writeIn(line, user, podNamespace)
      if (what !== undefined) counts.set(what, (counts.get(what) ?? 0) + 1)
    }
  } finally {
    await file.close().catch(() => undefined)
  }
  return counts
}

/** Undefined for what somebody else wrote. Pods of other namespaces are `other pods`. */
export function writeIn(line: string, user: string, podNamespace: string): string | undefined {
  const event = JSON.parse(line) as AuditEvent
  if (event.user.username !== user) return undefined
  const { resource = '', subresource, namespace } = event.objectRef ?? {}
  const place = resource === 'pods' && namespace !== podNamespace ? 'other pods' : resource
  return `${event.verb} ${subresource === undefined ? place : `${place}/${subresource}`}`
}

/** Of audit.k8s.io/v1 Event, what is read here. */
interface AuditEvent {
  readonly verb: string
  readonly user: { readonly username: string }
  readonly objectRef?: {
    readonly resource?: string
    readonly subresource?: string
    readonly namespace?: string
  }
}
