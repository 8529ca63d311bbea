import { PART_OF } from '../api/installation.ts'
import type { Setting } from './expression.ts'

export interface ObjectMeta {
  readonly name: string
  readonly namespace?: Setting<string>
  readonly labels: Readonly<Record<string, string>>
}

/** Metadata of an object of one component, in a namespace or, for cluster kinds, in none. */
export function metadataOf(component: string, namespace?: Setting<string>): ObjectMeta {
  return {
    name: component,
    ...(namespace === undefined ? {} : { namespace }),
    labels: labelsOf(component),
  }
}

/** The labels that say what an object belongs to; they select the component's pods too. */
export function labelsOf(component: string): Readonly<Record<string, string>> {
  return { 'app.kubernetes.io/name': component, ...PART_OF }
}
