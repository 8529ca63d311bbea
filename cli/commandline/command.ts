import type { Cluster } from '../cluster/cluster.ts'
import type { Outcome } from '../output/outcome.ts'
import type { Shape } from '../output/shape.ts'
import type { Flags } from './flags.ts'

/** A word after the command that is not an option. */
export interface Operand {
  readonly name: string
  readonly summary: string
  readonly optional?: true
  /** The last one may be given several times. */
  readonly many?: true
  /** What completion offers. */
  readonly completes?: 'sidecarsets' | 'pods' | readonly string[]
}

export interface Option {
  readonly type: 'boolean' | 'string'
  readonly short?: string
  /** May be given more than once. */
  readonly multiple?: true
  /** Stands for the value in the help, such as FILE. */
  readonly value?: string
  readonly summary: string
  /** The only values there are. */
  readonly choices?: readonly string[]
}

export interface Example {
  readonly means: string
  /** What is typed after `kubectl baton`. */
  readonly line: string
}

/** The surroundings of a command: nothing is read from or written to anything else. */
export interface Io {
  /** Text of a file; `-` is the standard input. */
  readonly read: (file: string) => Promise<string>
  /** Appends to the standard output: a stream of lines before the outcome, for people. */
  readonly print: (text: string) => void
  /** Appends to the standard error. */
  readonly warn: (text: string) => void
  /** Asks a question on the terminal; undefined when there is none. */
  readonly ask: ((question: string) => Promise<string>) | undefined
  /** Columns of the terminal that the output goes to; undefined when it is none. */
  readonly columns: number | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: () => number
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>
  /** Aborted when the user wants to stop. */
  readonly signal: AbortSignal
  /** Creates a file that must not exist. */
  readonly write: (file: string, text: string) => Promise<void>
}

export interface Call {
  readonly operands: readonly string[]
  readonly flags: Flags
  readonly io: Io
  /** Text is drawn for people; everything else is one document. */
  readonly forPeople: boolean
  /** The cluster of the kubeconfig, connected to when it is first asked for. */
  readonly cluster: () => Cluster
}

export interface Command {
  readonly name: string
  /** One line, in the imperative. */
  readonly summary: string
  /** Paragraphs. */
  readonly about: readonly string[]
  readonly operands: readonly Operand[]
  readonly options: Readonly<Record<string, Option>>
  readonly examples: readonly Example[]
  /** What it needs to be allowed, such as `list pods`. */
  readonly access: readonly string[]
  /** Of the document on the standard output. */
  readonly document: Shape
  readonly run: (call: Call) => Promise<Outcome>
}
