import type { State } from './state.ts'

/**
 * Whether a state is older than the file `active`: the new process took over after it was written.
 * Going on from it would have the process serve again that has closed its listeners since. The
 * state is always written first, so this is the work of somebody who has put back an old file.
 */
export function isOutdated(state: State, activeFile: string | null): boolean {
  if (state.phase !== 'Starting' && state.phase !== 'Confirming') return false
  return state.active !== activeFile && state.record.to === activeFile
}
