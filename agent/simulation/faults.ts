import type { Journey } from './journeys.ts'
import type { SlotName } from './pod.ts'
import { killContainer, killProcess, patchImage, slotOf } from './pod.ts'
import type { Program } from './program.ts'
import { ADDRESSES, program } from './program.ts'
import type { Simulation } from './simulation.ts'
import { after, giveOrder, killAgent, upgrade } from './simulation.ts'

export interface Fault {
  readonly strike: (simulation: Simulation, journey: Journey) => void
  /** For so long nobody may serve although somebody could; by default {@link NONE_MS}. */
  readonly noneMs?: number
  /** Nobody holds the listeners any more: clients are refused. */
  readonly refuses?: true
  /** Nobody can stand in at a pod's first start: it is tried again and again, and told. */
  readonly hopelessAlone?: true
  /** The version is given another configuration: what it listens on is taken for right in the end. */
  readonly changesListeners?: true
  /** What the agent knew is lost, but for the file `active`. */
  readonly losesState?: true
}

/** Loss noticed (150 ms, or 2 s in a drain), the draining one ended (0.5 s), the other started. */
export const NONE_MS = 3500

const AGENT_BACK_MS = 60

/** A process goes on differently, and so does every other one of this container. */
function change(simulation: Simulation, slot: SlotName, fields: Partial<Program>): void {
  const { launcher } = slotOf(simulation.pod, slot)
  if (launcher === null) return
  launcher.program = { ...launcher.program, ...fields }
  if (launcher.child !== null) launcher.child.program = { ...launcher.child.program, ...fields }
}

/** The same, for those to come only; the present one ends. */
function changeNext(simulation: Simulation, slot: SlotName, fields: Partial<Program>): void {
  const { launcher } = slotOf(simulation.pod, slot)
  if (launcher === null) return
  launcher.program = { ...launcher.program, ...fields }
  killProcess(simulation.pod, slot)
}

function corrupt(text: string | null): Fault {
  return {
    strike: (simulation) => {
      simulation.pod.run.state = text
      killAgent(simulation, AGENT_BACK_MS)
    },
    losesState: true,
  }
}

function killKeeper(simulation: Simulation): void {
  simulation.pod.keeper = false
  killAgent(simulation, 600)
  after(simulation, 500, ({ pod }) => {
    pod.keeper = true
  })
}

/** The operator takes the slot that does not serve, as far as it knows. */
function upgradeAgain(simulation: Simulation): void {
  const idle = simulation.pod.run.active === 'proxy-1' ? 'proxy-2' : 'proxy-1'
  const { leavesAtOnce } = slotOf(simulation.pod, idle).image
  upgrade(simulation, 'newer', idle, program('v3', { leavesAtOnce }))
}

/** Each strikes once, at any point of a journey; what follows from it is left to the pod. */
export const faults: Readonly<Record<string, Fault>> = {
  'nothing happens': { strike: () => undefined },
  'the new process exits': {
    strike: ({ pod }, { to }) => {
      killProcess(pod, to)
    },
  },
  'the new process exits, and cannot run any more': {
    strike: (simulation, { to }) => {
      changeNext(simulation, to, { exitsAfterMs: 30 })
    },
    hopelessAlone: true,
    noneMs: 6000,
  },
  'the new process cannot be executed any more': {
    strike: (simulation, { to }) => {
      changeNext(simulation, to, { exitsAfterMs: 0, exitCode: 127 })
    },
    hopelessAlone: true,
    noneMs: 6000,
  },
  'the new process hangs': {
    strike: (simulation, { to }) => {
      change(simulation, to, { answers: false })
    },
    hopelessAlone: true,
    noneMs: 30_000,
  },
  'the new process hangs, and another one of it does not': {
    strike: ({ pod }, { to }) => {
      const child = slotOf(pod, to).launcher?.child
      if (child != null) child.program = { ...child.program, answers: false }
    },
    noneMs: 12_000,
  },
  'the new process comes back with fewer listeners': {
    strike: (simulation, { to }) => {
      changeNext(simulation, to, { addresses: ADDRESSES.slice(0, 1) })
    },
    changesListeners: true,
  },
  'the old process crashes': {
    strike: ({ pod }, { from }) => {
      killProcess(pod, from)
    },
  },
  'the old process crashes, and cannot run any more': {
    strike: (simulation, { from }) => {
      changeNext(simulation, from, { exitsAfterMs: 30 })
    },
    hopelessAlone: true,
    noneMs: 6000,
  },
  'the old process does not obey': {
    strike: (simulation, { from }) => {
      change(simulation, from, { obeys: false })
    },
  },
  'the old process hangs': {
    strike: (simulation, { from }) => {
      change(simulation, from, { answers: false })
    },
    hopelessAlone: true,
    noneMs: 30_000,
  },
  'the agent is killed': {
    strike: (simulation) => {
      killAgent(simulation, AGENT_BACK_MS)
    },
  },
  'the agent is away for five seconds': {
    strike: (simulation) => {
      killAgent(simulation, 5000)
    },
  },
  'the agent is not given the processor for twenty seconds': {
    strike: (simulation) => {
      simulation.agentStallsUntil = simulation.pod.at + 20_000
    },
    noneMs: 25_000,
  },
  'the agent is killed, and its state is lost': corrupt(null),
  'the agent is killed, and its state is cut off': corrupt('{"v":1,"phase":"Drai'),
  'the agent is killed, and its state is of a later version': corrupt('{"v":2,"phase":"Settled"}'),
  'the agent is killed, and its state is the one before': {
    strike: (simulation) => {
      simulation.pod.run.state = simulation.staleState
      killAgent(simulation, AGENT_BACK_MS)
    },
    losesState: true,
  },
  "the agent's container dies": { strike: killKeeper },
  'the new container dies': {
    strike: ({ pod }, { to }) => {
      killContainer(pod, to)
    },
  },
  'the old container dies': {
    strike: ({ pod }, { from }) => {
      killContainer(pod, from)
    },
  },
  'both containers die': {
    strike: ({ pod }, { from, to }) => {
      killContainer(pod, from)
      killContainer(pod, to)
    },
  },
  'agent and new container die': {
    strike: (simulation, { to }) => {
      killKeeper(simulation)
      killContainer(simulation.pod, to)
    },
  },
  'agent and old container die': {
    strike: (simulation, { from }) => {
      killKeeper(simulation)
      killContainer(simulation.pod, from)
    },
    // While the other slot is being restarted, these are all.
    refuses: true,
  },
  'all containers die': {
    strike: (simulation, { from, to }) => {
      killKeeper(simulation)
      killContainer(simulation.pod, from)
      killContainer(simulation.pod, to)
    },
    refuses: true,
  },
  'somebody restarts the new container': {
    strike: ({ pod }, { to }) => {
      patchImage(pod, to, slotOf(pod, to).image)
    },
  },
  'somebody restarts the old container': {
    strike: ({ pod }, { from }) => {
      patchImage(pod, from, slotOf(pod, from).image)
    },
  },
  'somebody restarts both containers': {
    strike: ({ pod }, { from, to }) => {
      patchImage(pod, from, slotOf(pod, from).image)
      patchImage(pod, to, slotOf(pod, to).image)
    },
  },
  'the run directory is full for three seconds': {
    strike: (simulation) => {
      simulation.pod.run.full = true
      simulation.pod.estimated = true
      after(simulation, 3000, ({ pod }) => {
        pod.run.full = false
      })
    },
  },
  'the run directory is full, and the serving container dies': {
    strike: (simulation) => {
      const { pod } = simulation
      pod.run.full = true
      killContainer(pod, pod.run.active === 'proxy-2' ? 'proxy-2' : 'proxy-1')
      after(simulation, 8000, () => {
        pod.run.full = false
      })
    },
  },
  'the run directory is emptied': {
    strike: ({ pod }) => {
      pod.run.active = null
      pod.run.state = null
      pod.estimated = true
      for (const slot of pod.slots) {
        slot.boots = 0
        slot.hiddenUntil = pod.at + (slot.name === 'proxy-1' ? 4000 : 2500)
      }
    },
    losesState: true,
    noneMs: 8000,
  },
  'an order leads back': {
    strike: (simulation, { from }) => {
      giveOrder(simulation, 'undo', from)
    },
  },
  'a newer upgrade is ordered': { strike: upgradeAgain },
  'orders come every 300 ms': {
    strike: (simulation, { from, to }) => {
      for (let number = 0; number < 6; number++) {
        const lateMs = 140 + number * 300
        giveOrder(simulation, `flip ${number}`, number % 2 === 0 ? from : to, { lateMs })
      }
    },
  },
  'an order names an unknown slot': {
    strike: (simulation) => {
      giveOrder(simulation, 'unknown', 'proxy-3')
    },
    hopelessAlone: true,
  },
  'an order waits for a restart that never comes': {
    strike: (simulation, { to }) => {
      giveOrder(simulation, 'never', to, { minBoot: { [to]: 99 }, startDeadlineSeconds: 2 })
    },
    hopelessAlone: true,
  },
  'the annotation goes away': {
    strike: ({ pod }) => {
      pod.order = null
    },
  },
}
export const faultNames: readonly string[] = Object.keys(faults)
