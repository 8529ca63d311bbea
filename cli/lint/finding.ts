import { list, object, oneOf, optional, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'

/** Codes never change their meaning; one that is not used any more is not given again. */
export const lintCodes = {
  BTN001: 'The field is not in the schema of the kind: the API server drops or refuses it.',
  BTN002: 'The value has another type than the schema of the kind, or a required field is missing.',
  BTN003: 'The webhook refuses the object.',
  BTN004: 'Another SidecarSet that may select the same pod brings the same name.',
  BTN005: 'Two objects have the same name.',
  BTN101: 'No pod among the manifests is selected by the set.',
  BTN102: 'A pod that a set selects is not injected.',
  BTN103:
    'The image has no tag or a moving one: an upgrade does not change it, and nobody can tell which version runs.',
  BTN104:
    'A hard cut: drain.maxSeconds is not above drain.timerSeconds, which loses requests of idle keep-alive clients.',
  BTN105: 'Every pod is taken at the same time: maxUnavailable is 100 %.',
  BTN106: 'The upgrade restarts the container: it is a ColdUpgrade.',
  BTN107: 'Something that the author of a pod with sidecars should know.',
} as const

export type LintCode = keyof typeof lintCodes

export const findingShape = object('One thing that is wrong or doubtful.', {
  code: oneOf('What kind of thing: stable.', ...(Object.keys(lintCodes) as LintCode[])),
  severity: oneOf('An error makes lint fail.', 'Error', 'Warning'),
  object: text('The object, as kind/name.'),
  field: optional(text('Path in the object.')),
  message: text('What is wrong and what to write instead: a sentence.'),
})

export type Finding = ShapeOf<typeof findingShape>

export const findingsShape = list('In the order of the manifests.', findingShape)
