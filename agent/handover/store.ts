import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Decoder } from '../../api/decode.ts'
import {
  array,
  decodeJson,
  literal,
  nullable,
  number,
  object,
  record,
  string,
} from '../../api/decode.ts'
import type { DesiredContainer } from '../../api/desired.ts'
import { parseDesired } from '../../api/desired.ts'
import type { HandoverRecord, Phase, State } from './state.ts'
import { assertNever, phases } from './state.ts'

const verdict = object({ reason: string, message: string })

const handoverRecord: Decoder<HandoverRecord> = object({
  id: string,
  from: nullable(string),
  to: string,
  revision: string,
  reason: string,
  message: string,
  startedAt: number,
  servingAt: nullable(number),
  drainStartedAt: nullable(number),
  reportedAt: nullable(number),
  settledAt: nullable(number),
  listeners: number,
  connectionsAtDrain: number,
  connectionsLeft: number,
  connectionsDrained: number,
  connectionsCut: number,
  kernelBefore: record(number),
  kernel: record(number),
})

const order: Decoder<DesiredContainer> = (value, path) => {
  const desired = parseDesired(JSON.stringify({ v: 1, containers: { [path]: value } }))
  const container = desired.containers[path]
  if (container === undefined) throw new Error(`no order at ${path}`)
  return container
}

const assigned = object({
  active: nullable(string),
  home: string,
  order,
  since: number,
  record: handoverRecord,
  aborted: nullable(verdict),
  addresses: array(string),
})
const unassigned = object({ active: nullable(string) })
const draining = object({ quiet: number, stopOrderedAt: nullable(number) })
const head = object({ v: literal(1), phase: literal(...(phases as readonly [Phase])) })

/** Parses the text of handover.json. Errors: DecodeError. */
export function parseState(text: string): State {
  const name = 'handover.json'
  const { phase } = decodeJson(head, text, name)
  switch (phase) {
    case 'Unassigned':
      return { phase, ...decodeJson(unassigned, text, name) }
    case 'Draining':
      return {
        phase,
        ...decodeJson(assigned, text, name),
        ...decodeJson(draining, text, name),
      }
    case 'Waiting':
    case 'Starting':
    case 'Confirming':
    case 'Settled':
    case 'Aborted':
    case 'FailedOver':
      return { phase, ...decodeJson(assigned, text, name) }
    default:
      return assertNever(phase)
  }
}

export function formatState(state: State): string {
  return JSON.stringify({ v: 1, ...state })
}

/**
 * What must survive the agent's death, in run/<container>/. Each file is replaced by rename, so a
 * reader sees the old or the new content. No fsync: the volume is memory and ends with the pod.
 */
export class HandoverStore {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = directory
  }

  /** null = there is none yet. Errors: DecodeError, errors of the file system other than ENOENT. */
  read(): State | null {
    const text = readIfPresent(join(this.#directory, 'handover.json'))
    return text === null ? null : parseState(text)
  }

  write(state: State): void {
    this.#replace('handover.json', `${formatState(state)}\n`)
  }

  /** Slot in the file `active`, which launchers read at their start; null = none yet. */
  readActive(): string | null {
    const slot = readIfPresent(join(this.#directory, 'active'))?.trim() ?? ''
    return slot === '' ? null : slot
  }

  writeActive(slot: string): void {
    this.#replace('active', `${slot}\n`)
  }

  #replace(name: string, content: string): void {
    const path = join(this.#directory, name)
    writeFileSync(`${path}.agent`, content)
    renameSync(`${path}.agent`, path)
  }
}

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
