import type { Manifest } from '../manifests/manifest.ts'
import { toYaml } from './format.ts'
import type { Outcome } from './outcome.ts'
import { anyObject, list, object, oneOf } from './shape.ts'

/** The document of commands that print manifests: kubectl apply takes it. */
export const manifestListDocument = object('The objects, as kubectl apply takes them.', {
  apiVersion: oneOf('That of lists.', 'v1'),
  kind: oneOf('That of lists.', 'List'),
  items: list('In the order in which they were given.', anyObject('One object.')),
})

export function manifestOutcome(items: readonly Manifest[]): Outcome {
  return {
    exit: 'complete',
    document: { apiVersion: 'v1', kind: 'List', items },
    text: items.map(toYaml).join('---\n'),
  }
}
