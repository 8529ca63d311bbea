import type { Exit } from '../exitCode.ts'

/**
 * What a command found or did. The text is made of the document alone, so every other format tells
 * at least as much.
 */
export interface Outcome {
  readonly exit: Exit
  readonly document: object
  readonly text: string
}
