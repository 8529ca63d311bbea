import { expect } from 'chai'
import * as fc from 'fast-check'
import {
  connections,
  NOW,
  order,
  running,
  slotView,
  stateIn,
  worldOf,
} from '../testing/handovers.ts'
import { perceive } from './perceive.ts'
import type { State } from './state.ts'
import { phases } from './state.ts'
import { step } from './table.ts'
import type { SlotView, World } from './world.ts'

const addresses = ['0.0.0.0:80', '0.0.0.0:81']

const view: fc.Arbitrary<SlotView> = fc
  .record({
    there: fc.constantFrom('there', 'gone', 'silent'),
    boot: fc.integer({ min: 1, max: 3 }),
    pid: fc.constantFrom(0, 7),
    want: fc.boolean(),
    terminating: fc.boolean(),
    listening: fc.constantFrom([], addresses.slice(0, 1), addresses),
    goneMs: fc.constantFrom(1, 200, 3000),
    terminatingMs: fc.constantFrom(1, 500),
    failures: fc.integer({ min: 0, max: 4 }),
    retiring: fc.boolean(),
  })
  .map(({ there, goneMs, terminatingMs, failures, retiring, listening, ...status }) => {
    const lists = status.pid === 0 ? [] : listening
    const lastExit = failures > 0 ? { code: 1, signal: 0, connections: null, atStop: null } : null
    const known = there === 'there' ? { ...running, ...status, listening: lists, lastExit } : null
    return slotView(known, {
      goneMs: there === 'gone' ? goneMs : 0,
      terminatingMs: status.terminating && there === 'there' ? terminatingMs : 0,
      failures,
      retiring,
    })
  })

const world: fc.Arbitrary<World> = fc
  .record({
    first: view,
    second: view,
    at: fc.constantFrom(NOW, NOW + 16_000, NOW + 61_000, NOW + 601_000),
    id: fc.constantFrom('h1', 'h2'),
    wanted: fc.constantFrom('proxy-1', 'proxy-2'),
    activeFile: fc.constantFrom(null, 'proxy-1', 'proxy-2'),
    verdict: fc.constantFrom('passing' as const, 'failing' as const, 'unknown' as const),
    connections: fc.constantFrom(null, connections(0), connections(3)),
    drainOrdered: fc.boolean(),
  })
  .map(({ first, second, id, wanted, verdict, ...rest }) =>
    worldOf({
      ...rest,
      slots: { 'proxy-1': first, 'proxy-2': second },
      order: order({ handover: id, active: wanted }),
      health: { verdict, detail: 'seen' },
      liveness: { verdict, detail: 'seen', relapseMs: 20_000 },
    }),
  )

const state: fc.Arbitrary<State> = fc.constantFrom(...phases).map((phase) => stateIn(phase))

/** Whether a process in a slot takes new connections on all addresses. */
function serves(slot: string | null, { slots }: World): boolean {
  const status = slot === null ? null : (slots[slot]?.status ?? null)
  return status !== null && status.pid > 0 && status.listening.length === addresses.length
}

describe('whatever the world looks like', () => {
  it('a process is told to drain only when another one is active, and named by the file first', () => {
    fc.assert(
      fc.property(state, world, (before, seen) => {
        for (const event of perceive(before, seen)) {
          const { state: after, effects } = step(before, event, seen)
          const drain = effects.findIndex(({ kind }) => kind === 'beginDrain')
          if (drain < 0) continue
          const effect = effects[drain]
          expect(effect).to.have.property('slot').that.is.not.equal(after.active)
          const file = effects.slice(0, drain).find(({ kind }) => kind === 'setActive')
          const named = file === undefined ? seen.activeFile : after.active
          expect(named).to.equal(after.active)
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('the point of no return is passed only with a new process that serves on all addresses', () => {
    fc.assert(
      fc.property(state, world, (before, seen) => {
        for (const event of perceive(before, seen)) {
          const { state: after } = step(before, event, seen)
          if (after.phase === 'Draining' && before.phase !== 'Draining') {
            expect(serves(after.active, seen)).to.equal(true)
          }
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('the active process is never retired, and a stray only while the active one serves', () => {
    fc.assert(
      fc.property(state, world, (before, seen) => {
        for (const event of perceive(before, seen)) {
          const { state: after, effects } = step(before, event, seen)
          for (const effect of effects) {
            if (effect.kind !== 'retireSlot') continue
            expect(effect.slot).to.not.equal(after.active)
            if (event.kind === 'stray') expect(serves(before.active, seen)).to.equal(true)
          }
        }
      }),
      { numRuns: 3000 },
    )
  })

  it('an order that is settled on a slot has made that slot the active one', () => {
    fc.assert(
      fc.property(state, world, (before, seen) => {
        for (const event of perceive(before, seen)) {
          const { state: after } = step(before, event, seen)
          if (after.phase === 'Settled') expect(after.active).to.equal(after.record.to)
        }
      }),
      { numRuns: 3000 },
    )
  })
})
