import {
  ENV_IS_INJECTED,
  slotVersionAltAnnotation,
  slotVersionAnnotation,
} from '../../api/group.ts'
import type { Container, Env } from './podTypes.ts'

/** The environment of a container that is injected as it is. */
export function injectedEnv(container: Container): Env {
  return withDefaults(container.env ?? [], [{ name: ENV_IS_INJECTED, value: 'true' }])
}

/**
 * The environment of a slot. A sidecar that migrates by itself tells from the two versions whether
 * it is the first of its pod, the new one or the old one. They are read when the container starts.
 */
export function slotEnv(container: Container, slot: string): Env {
  return withDefaults(container.env ?? [], [
    { name: ENV_IS_INJECTED, value: 'true' },
    fromAnnotation('SIDECARSET_VERSION', slotVersionAnnotation(slot)),
    fromAnnotation('SIDECARSET_VERSION_ALT', slotVersionAltAnnotation(slot)),
  ])
}

/** Annotations behind {@link slotEnv}: the first slot works at creation, the second is idle. */
export function slotVersions(slots: readonly [string, string]): Readonly<Record<string, string>> {
  const [working, idle] = slots
  return {
    [slotVersionAnnotation(working)]: '1',
    [slotVersionAltAnnotation(working)]: '0',
    [slotVersionAnnotation(idle)]: '0',
    [slotVersionAltAnnotation(idle)]: '1',
  }
}

function fromAnnotation(name: string, annotation: string): Env[number] {
  return { name, valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${annotation}']` } } }
}

/** What the container sets itself wins. */
function withDefaults(own: Env, defaults: Env): Env {
  const names = new Set(own.map(({ name }) => name))
  return [...own, ...defaults.filter(({ name }) => !names.has(name))]
}
