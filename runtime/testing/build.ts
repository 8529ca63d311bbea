import type { Pod } from '../client/kinds.ts'
import type { KubeObject, ObjectMeta } from '../client/objects.ts'

/** A pod of the namespace `default`, for tests. */
export function aPod(name: string, metadata: Partial<ObjectMeta> = {}): Pod {
  return {
    metadata: { namespace: 'default', ...metadata, name },
    spec: { containers: [{ name: 'app', image: 'app:1' }] },
  }
}

/** The resourceVersion of an object that was read. */
export function versionOf(object: KubeObject | undefined): string {
  const version = object?.metadata.resourceVersion
  if (version === undefined) throw new Error('the object has no resourceVersion')
  return version
}
