import { omit } from '../../webhook/inject/omit.ts'
import type { Pod } from '../../webhook/inject/podTypes.ts'
import type { Manifest } from './manifest.ts'

/** Where kinds keep the template of their pods. */
const TEMPLATES: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  PodTemplate: ['template'],
  Deployment: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
}

/**
 * The pod that an object is or makes, in the object's namespace and without a name of its own if it
 * is a template; undefined for an object that makes none.
 */
export function podOf(manifest: Manifest): Pod | undefined {
  const path = TEMPLATES[manifest.kind]
  if (path === undefined) return undefined
  const found = path.reduce<unknown>(child, manifest)
  if (typeof found !== 'object' || found === null) return undefined
  const pod = found as Pod
  const { namespace } = manifest.metadata
  if (namespace === undefined) return pod
  return { ...pod, metadata: { ...pod.metadata, namespace } }
}

/** The object with another pod. */
export function withPod(manifest: Manifest, pod: Pod): Manifest {
  const path = TEMPLATES[manifest.kind] ?? []
  if (path.length === 0) return { ...manifest, metadata: { ...pod.metadata }, spec: pod.spec }
  // A template has no namespace.
  const metadata = omit(pod.metadata ?? {}, 'namespace')
  return replaceAt(manifest, path, { ...pod, metadata }) as Manifest
}

function child(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as Readonly<Record<string, unknown>>)[key]
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by
  return { ...(value as object), [key]: replaceAt(child(value, key), rest, by) }
}
