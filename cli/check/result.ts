import { oneOf, object, optional, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'

export const phases = ['pre', 'install', 'data-plane'] as const
export type Phase = (typeof phases)[number]

export const resultShape = object('What came of one check.', {
  id: text('Stable, in kebab-case: the section of docs/checks.md.'),
  phase: oneOf('pre: before the installation; install: of it; data-plane: of pods.', ...phases),
  status: oneOf(
    'A warning does not make the command fail. Skipped: it could not be looked at.',
    'Ok',
    'Warning',
    'Failed',
    'Skipped',
  ),
  sentence: text('What was seen.'),
  hint: optional(text('Where it is written what to do.')),
})

export type CheckResult = ShapeOf<typeof resultShape>
export type Seen = Pick<CheckResult, 'status' | 'sentence'>

export const ok = (sentence: string): Seen => ({ status: 'Ok', sentence })
export const warning = (sentence: string): Seen => ({ status: 'Warning', sentence })
export const failed = (sentence: string): Seen => ({ status: 'Failed', sentence })
export const skipped = (sentence: string): Seen => ({ status: 'Skipped', sentence })

/** The section that tells what to do; a test sees that it is there. */
export function hintOf(id: string): string {
  return `docs/checks.md#${id}`
}
