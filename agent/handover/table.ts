import {
  countAside,
  cutAside,
  endAside,
  findAside,
  replaceAgain,
  stopAsideAgain,
  turnBack,
} from './aside.ts'
import type { EventKind, EventOf } from './events.ts'
import {
  countConnections,
  cutRest,
  drainAgain,
  oldStopped,
  reportLeft,
  stopAgain,
} from './draining.ts'
import {
  failOver,
  failOverDraining,
  failOverUnassigned,
  failOverWaiting,
  replaceHung,
  restartActive,
  returnHome,
  standInServes,
} from './failover.ts'
import type { Moment } from './record.ts'
import {
  beginDraining,
  neverRestarted,
  startOverdue,
  targetExited,
  targetLeaves,
  targetServes,
  targetUnhealthy,
} from './starting.ts'
import type { Phase, Resting, State } from './state.ts'
import type { Step } from './transitions.ts'
import {
  adopt,
  amend,
  dropUnwanted,
  fileActive,
  relist,
  replace,
  retire,
  startIdle,
  startTarget,
  stay,
  supersede,
} from './transitions.ts'

/** Why an event means nothing in a phase: written down, so that no cell is forgotten. */
export interface Ignored {
  readonly ignored: string
}

export type StateOf<P extends Phase> = P extends Resting['phase']
  ? Resting
  : Extract<State, { readonly phase: P }>

type Handler<S, E> = (state: S, event: E, moment: Moment) => Step
type Cell<S, E> = Handler<S, E> | Ignored
type Row<S> = { readonly [K in EventKind]: Cell<S, EventOf<K>> }
export type Table = { readonly [P in Phase]: Row<StateOf<P>> }

function ignored(why: string): Ignored {
  return { ignored: why }
}

const noTarget = ignored('no process is being started')
const noDrain = ignored('no process drains')
const notHere = ignored('only after a failover')
const keepOn = ignored('the handover at hand goes on, its end is checked again')

const noAside = ignored('no process is to be set aside')
const wanted = ignored('what the new process will listen on is not known yet')

/** What is set aside goes on beside every phase, in the same way. */
const besides = {
  amended: amend,
  asideFound: findAside,
  asideCounted: countAside,
  asideMaxReached: cutAside,
  asideUnstopped: stopAsideAgain,
  asideEnded: endAside,
} as const

const noDraining = {
  turnedBack: noDrain,
  undrained: noDrain,
  connections: noDrain,
  timer: noDrain,
  maxReached: noDrain,
  unstopped: noDrain,
  stopped: noDrain,
} as const

const noStarting = {
  targetReady: ignored('the order was dealt with'),
  targetTerminating: noTarget,
  exited: noTarget,
  deadline: noTarget,
  confirmed: noTarget,
  unhealthy: noTarget,
} as const

const unordered = ignored('there is no order yet')
const noOrder = {
  amended: unordered,
  unreplaced: noAside,
  asideFound: ignored('no order has said how to drain it'),
  asideCounted: noAside,
  asideMaxReached: noAside,
  asideUnstopped: noAside,
  asideEnded: noAside,
} as const

const atRest: Row<Resting> = {
  ...besides,
  ...noDraining,
  ...noStarting,
  unreplaced: noAside,
  ordered: adopt,
  idle: startIdle,
  serving: noTarget,
  activeLost: failOver,
  homeReady: notHere,
  stray: retire,
  misfiled: fileActive,
  unlive: replaceHung,
  relisted: relist,
  unwanted: dropUnwanted,
}

/** Phase x event -> new state and effects. The whole behaviour of a handover is in this table. */
export const table: Table = {
  Unassigned: {
    ...noDraining,
    ...noStarting,
    ...noOrder,
    ordered: adopt,
    idle: startIdle,
    serving: noTarget,
    activeLost: failOverUnassigned,
    homeReady: notHere,
    stray: ignored('no order has said how to drain it'),
    misfiled: fileActive,
    unlive: restartActive,
    relisted: ignored('nothing is expected yet'),
    unwanted: ignored('nothing is known to be unwanted yet'),
  },
  Waiting: {
    ...besides,
    ...noDraining,
    unreplaced: noAside,
    ordered: replace,
    targetReady: startTarget,
    targetTerminating: ignored('that is what is waited for'),
    idle: startIdle,
    serving: noTarget,
    exited: noTarget,
    deadline: neverRestarted,
    confirmed: noTarget,
    unhealthy: noTarget,
    activeLost: failOverWaiting,
    homeReady: notHere,
    stray: retire,
    misfiled: fileActive,
    unlive: restartActive,
    relisted: relist,
    unwanted: dropUnwanted,
  },
  Starting: {
    ...besides,
    ...noDraining,
    unreplaced: replaceAgain,
    ordered: supersede,
    targetReady: ignored('it was told to start'),
    targetTerminating: targetLeaves,
    idle: startIdle,
    serving: targetServes,
    exited: targetExited,
    deadline: startOverdue,
    confirmed: ignored('it does not serve yet'),
    unhealthy: ignored('it has until the deadline'),
    activeLost: failOver,
    homeReady: notHere,
    stray: keepOn,
    misfiled: fileActive,
    unlive: keepOn,
    relisted: keepOn,
    unwanted: wanted,
  },
  Confirming: {
    ...besides,
    ...noDraining,
    unreplaced: noAside,
    ordered: supersede,
    targetReady: ignored('it serves'),
    targetTerminating: targetLeaves,
    idle: startIdle,
    serving: ignored('known'),
    exited: targetExited,
    deadline: ignored('it served in time'),
    confirmed: beginDraining,
    unhealthy: targetUnhealthy,
    activeLost: failOver,
    homeReady: notHere,
    stray: keepOn,
    misfiled: fileActive,
    unlive: keepOn,
    relisted: keepOn,
    unwanted: wanted,
  },
  Draining: {
    ...besides,
    unreplaced: noAside,
    turnedBack: turnBack,
    ordered: ignored('the newest order is taken up when the drain has ended: see draining.ts'),
    targetReady: ignored('it serves'),
    targetTerminating: ignored('the other process has closed its listeners, so it serves on'),
    idle: startIdle,
    serving: ignored('known'),
    exited: ignored('its launcher restarts it on the held listeners'),
    deadline: ignored('it served in time'),
    confirmed: ignored('known'),
    unhealthy: ignored('the other process has closed its listeners'),
    undrained: drainAgain,
    connections: countConnections,
    timer: reportLeft,
    maxReached: cutRest,
    unstopped: stopAgain,
    stopped: oldStopped,
    activeLost: failOverDraining,
    homeReady: notHere,
    stray: keepOn,
    misfiled: fileActive,
    unlive: restartActive,
    relisted: keepOn,
    unwanted: keepOn,
  },
  Settled: atRest,
  Aborted: atRest,
  FailedOver: {
    ...atRest,
    unreplaced: replaceAgain,
    serving: standInServes,
    homeReady: returnHome,
  },
}

/** One step of a handover: pure, total, no clock of its own. */
export function step(state: State, event: EventOf<EventKind>, moment: Moment): Step {
  // The table's type ties each cell to its phase and event; indexing by both loses that tie.
  const cell = table[state.phase][event.kind] as Cell<State, EventOf<EventKind>>
  return typeof cell === 'function' ? cell(state, event, moment) : stay(state)
}
