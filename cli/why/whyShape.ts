import { flag, integer, list, map, object, optional, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'

const changeShape = object('What to change.', {
  field: optional(text('Path in the SidecarSet.')),
  line: optional(text('The line to write there.')),
  command: optional(text('What to type.')),
  advice: optional(text('What to do otherwise.')),
})

export const whyShape = object('The one rule that holds a rollout up.', {
  set: text('Name of the SidecarSet.'),
  blocked: flag('False when nothing has to be done: it is complete, or goes on by itself.'),
  rule: text('Constant in UpperCamelCase; that of the operator where it is one of its rules.'),
  sentence: text('What was compared, with its numbers.'),
  change: optional(changeShape),
  numbers: map('What the rule was judged by.', integer('A number of pods.')),
  pods: list(
    'Pods that are not at the wanted revision, each with its own reason.',
    object('One of them.', {
      pod: text('namespace/name'),
      reason: text('Constant in UpperCamelCase.'),
      sentence: text('Why nothing is done with it, or what is done.'),
    }),
  ),
  notes: list('What could not be read.', text('A sentence.')),
})

export type Why = ShapeOf<typeof whyShape>
