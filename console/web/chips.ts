import type { ClusterState } from '../wire.ts'
import type { PodRow } from '../wire.ts'
import { h, s } from './dom.ts'

type Tone = 'good' | 'busy' | 'wait' | 'bad' | 'plain'

interface Look {
  readonly tone: Tone
  readonly icon: keyof typeof ICONS
  readonly word: string
}

/** In a square of 16. */
const ICONS = {
  check: 'M3.5 8.5l3 3 6-7',
  cross: 'M4 4l8 8M12 4l-8 8',
  turn: 'M12.5 8a4.5 4.5 0 1 1-1.3-3.2M11.5 2v3h-3',
  pause: 'M5.5 4v8M10.5 4v8',
  back: 'M3.5 8a4.5 4.5 0 1 1 1.3 3.2M4.5 14v-3h3',
  part: 'M8 3v5h5M8 3a5 5 0 1 0 5 5',
  dots: 'M4 8h.1M8 8h.1M12 8h.1',
  lock: 'M4.5 7.5h7v5h-7zM6 7.5V5.5a2 2 0 0 1 4 0v2',
  away: 'M3 3l10 10M5 8a4 4 0 0 1 1-2M11 8a4 4 0 0 0-2-2.5M8 12h.1',
  arrow: 'M3 8h9M8.5 4.5L12 8l-3.5 3.5',
} as const

const PHASES: Readonly<Record<string, Look>> = {
  Complete: { tone: 'good', icon: 'check', word: 'Complete' },
  Progressing: { tone: 'busy', icon: 'turn', word: 'Progressing' },
  Paused: { tone: 'wait', icon: 'pause', word: 'Paused' },
  Partitioned: { tone: 'wait', icon: 'part', word: 'Partitioned' },
  Failed: { tone: 'bad', icon: 'cross', word: 'Failed' },
  RollingBack: { tone: 'bad', icon: 'back', word: 'Rolling back' },
  RolledBack: { tone: 'bad', icon: 'back', word: 'Rolled back' },
  Unobserved: { tone: 'plain', icon: 'dots', word: 'Not seen yet' },
}

const CLUSTERS: Readonly<Record<ClusterState, Look>> = {
  connecting: { tone: 'plain', icon: 'dots', word: 'Connecting' },
  connected: { tone: 'good', icon: 'check', word: 'Connected' },
  away: { tone: 'bad', icon: 'away', word: 'Away' },
  signedOut: { tone: 'wait', icon: 'lock', word: 'Not signed in' },
  forbidden: { tone: 'wait', icon: 'lock', word: 'Forbidden' },
  notInstalled: { tone: 'plain', icon: 'dots', word: 'Not installed' },
}

const SLOTS: Readonly<Record<string, Look>> = {
  Serving: { tone: 'good', icon: 'check', word: 'serving' },
  Running: { tone: 'good', icon: 'check', word: 'running' },
  Starting: { tone: 'busy', icon: 'turn', word: 'starting' },
  Draining: { tone: 'wait', icon: 'arrow', word: 'draining' },
  Standby: { tone: 'plain', icon: 'dots', word: 'standby' },
  Waiting: { tone: 'plain', icon: 'dots', word: 'waiting' },
  Unknown: { tone: 'plain', icon: 'dots', word: 'unknown' },
}

/** States of a pod in the rollout, and their order in filters. */
export const POD_STATES = [
  'Upgrading',
  'Draining',
  'Failed',
  'NotReady',
  'Waiting',
  'Updated',
] as const
export type PodState = (typeof POD_STATES)[number]

const PODS: Readonly<Record<PodState, Look>> = {
  Upgrading: { tone: 'busy', icon: 'turn', word: 'Upgrading' },
  Draining: { tone: 'wait', icon: 'arrow', word: 'Draining' },
  Failed: { tone: 'bad', icon: 'cross', word: 'Failed' },
  NotReady: { tone: 'bad', icon: 'away', word: 'Not ready' },
  Waiting: { tone: 'plain', icon: 'dots', word: 'Waiting' },
  Updated: { tone: 'good', icon: 'check', word: 'Updated' },
}

/** How a pod stands. @param latest revision of the spec */
export function podState(pod: PodRow, latest: string): PodState {
  if (pod.stage !== 'Resting') return pod.stage
  if (!pod.ready) return 'NotReady'
  const drains = pod.containers.some(({ handover }) => handover?.phase === 'Draining')
  if (drains) return 'Draining'
  return pod.revision === latest ? 'Updated' : 'Waiting'
}

export const podWord = (state: PodState): string => PODS[state].word

export const phaseChip = (phase: string): HTMLElement => chip(PHASES[phase] ?? plain(phase))
export const clusterChip = (state: ClusterState): HTMLElement => chip(CLUSTERS[state])
export const slotChip = (state: string): HTMLElement => chip(SLOTS[state] ?? plain(state))
export const podChip = (state: PodState): HTMLElement => chip(PODS[state])
export const toneChip = (tone: Tone, word: string): HTMLElement =>
  chip({ tone, icon: tone === 'good' ? 'check' : tone === 'bad' ? 'cross' : 'dots', word })

/** A state, by icon and word as well as by colour. */
function chip({ tone, icon, word }: Look): HTMLElement {
  return h('span', { class: `chip ${tone}` }, glyph(icon), word)
}

export function glyph(icon: keyof typeof ICONS): SVGElement {
  const attributes = { viewBox: '0 0 16 16', class: 'glyph', 'aria-hidden': 'true' }
  return s('svg', attributes, s('path', { d: ICONS[icon] }))
}

function plain(word: string): Look {
  return { tone: 'plain', icon: 'dots', word }
}
