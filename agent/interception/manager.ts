import { networkInterfaces } from 'node:os'
import type { Interception } from '../../api/interception/desired.ts'
import type { InterceptionStatus } from '../../api/interception/status.ts'
import type { Clock } from '../clock.ts'
import { Wakeup } from '../container/wakeup.ts'
import type { Logger } from '../log.ts'
import type { InterceptionMetrics } from './metrics.ts'
import { runHook } from './hooks/runHook.ts'
import type { RunProgram } from './iptables/program.ts'
import type { KernelState } from './kernelSight.ts'
import { KernelSight } from './kernelSight.ts'
import type { ProbeResult } from './probe/probe.ts'
import { probeAll } from './probe/probe.ts'
import { ProxyWatch } from './probe/proxyWatch.ts'
import type { Family } from './rules/family.ts'
import type { ProxySlots } from './slots.ts'
import { interceptionStatus } from './status.ts'
import type { HookRecord, State } from './toggle/state.ts'
import { doesWithoutProxy, initialState, shownState, wantedRules } from './toggle/state.ts'
import type { StateStore } from './toggle/stateStore.ts'
import { advance, pendingHook } from './toggle/table.ts'
import type { World } from './toggle/world.ts'

export interface InterceptionManagerOptions {
  /** The annotation; null = there is none, or none that can be read. */
  readonly wanted: () => Promise<Interception | null>
  readonly store: StateStore
  readonly slots: ProxySlots
  readonly families: readonly Family[]
  readonly run: RunProgram
  readonly metrics: InterceptionMetrics
  readonly log: Logger
  readonly clock: Clock
}

/** Between two looks at the kernel's rules when nothing is going on: they cost two programs. */
const RULES_LOOK_MS = { On: 5000, Bypassed: 5000, Off: 15_000 } as const
const PROBE_MS = { idle: 500, unknown: 400, step: 100 } as const
const PACE_MS = { step: 30, on: 100, off: 250 } as const

/**
 * The shell around the toggle of a pod: looks at annotation, rules, probes and proxy, lets the table
 * decide, puts the new state on disk, and only then acts. What the kernel must have follows from the
 * state alone, so a toggle that was begun is completed by whoever reads the state next.
 */
export class InterceptionManager {
  readonly #options: InterceptionManagerOptions
  readonly #wakeup = new Wakeup()
  readonly #kernel: KernelSight
  readonly #watch = new ProxyWatch()
  #state: State = initialState
  #seen: KernelState = { hashes: {}, areRight: false, changed: [], obstacle: '' }
  #keptText = ''
  #keptAt = -Infinity
  #probe: { readonly result: ProbeResult; readonly wall: number; readonly rules: string } | null =
    null
  #probedAt = -Infinity
  #isProbing = false
  #hook: { readonly key: string; record: HookRecord | null } = { key: '', record: null }
  #whyDown = ''
  #unwritable = ''

  constructor(options: InterceptionManagerOptions) {
    this.#options = options
    this.#kernel = new KernelSight(options)
  }

  get status(): InterceptionStatus {
    return interceptionStatus(this.#state, {
      hashes: this.#seen.hashes,
      rulesAreRight: this.#seen.areRight,
      probe: this.#probe,
      obstacle: this.#unwritable === '' ? this.#seen.obstacle : this.#unwritable,
      whyDown: this.#whyDown,
    })
  }

  /** The app is served without the proxy: the kernel has the rules for it. */
  get doesWithoutProxy(): boolean {
    return doesWithoutProxy(this.#state) && this.#seen.areRight
  }

  /** Something may have changed: look at once. */
  notify(): void {
    this.#wakeup.notify()
  }

  /** Ends when aborted, with the rules as they are: the proxies of a pod that ends serve on. */
  async run(signal: AbortSignal): Promise<void> {
    await this.#restore()
    while (!signal.aborted) {
      const isAgain = await this.#tick()
      if (!isAgain) await this.#wakeup.pause(this.#paceMs(), signal)
    }
  }

  async #restore(): Promise<void> {
    const { store, log, wanted } = this.#options
    try {
      const stored = store.read()
      if (stored !== null) this.#state = stored
    } catch (error) {
      log.error('state of interception not readable, begun anew', { error })
    }
    if (this.#state.order !== null || this.#state.step !== null) return
    // The first look of this pod: baton-iptables has done what the annotation said then.
    const order = await wanted()
    if (order === null) return
    this.#state = { ...initialState, order, base: order.enabled ? 'On' : 'Off' }
  }

  /** Resolves to whether to look again at once. */
  async #tick(): Promise<boolean> {
    const before = this.#state
    try {
      const world = await this.#look()
      const next = advance(before, world)
      if (next === before) return false
      if (!this.#write(next, before)) return false
      this.#state = next
      this.#tell(before, next)
      return true
    } catch (error) {
      this.#options.log.error('step of interception not completed, will be tried again', { error })
      return false
    } finally {
      this.#options.metrics.show(this.status)
    }
  }

  async #look(): Promise<World> {
    const { clock, slots } = this.#options
    await this.#keepRules()
    this.#probeWhenDue()
    const state = this.#state
    const wanted = await this.#options.wanted()
    const terms = state.step?.target ?? (state.base === 'Off' ? wanted : state.order)
    const at = clock.now()
    const ports = portsOf(terms)
    this.#watch.lives(slots.liveness(ports))
    const { why, ...sight } = this.#watch.look(ports, slots.listening(), at)
    this.#whyDown = why
    return {
      at,
      wall: clock.wall(),
      wanted,
      rulesAreRight: this.#seen.areRight,
      probe: this.#probeVerdict(),
      ...sight,
      hook: this.#hookRecord(),
      connections:
        state.step?.phase === 'Timer' ? await slots.connections(portsOf(state.step.target)) : null,
    }
  }

  /** Writes what is missing, when it is time to look. */
  async #keepRules(): Promise<void> {
    const { clock, log, metrics } = this.#options
    const state = this.#state
    const rules = wantedRules(state)
    const text = JSON.stringify(rules)
    const isNew = text !== this.#keptText
    const pause = state.step === null ? RULES_LOOK_MS[state.base] : 1000
    const isDue = clock.now() - this.#keptAt >= pause || !this.#seen.areRight
    if (!isNew && !isDue) return
    const wasRight = this.#seen.areRight
    this.#seen = await this.#kernel.keep(rules)
    this.#keptAt = clock.now()
    if (isNew) this.#probe = null
    this.#keptText = text
    if (isNew || !wasRight || this.#seen.changed.length === 0) return
    log.warn('rules were changed by somebody else, put back', { families: this.#seen.changed })
    metrics.repaired()
    this.#state = { ...this.#state, repairs: this.#state.repairs + 1 }
  }

  /** In the background: a proxy that accepts nothing must not keep the loop from seeing it dead. */
  #probeWhenDue(): void {
    const { interception, bypassed } = wantedRules(this.#state)
    const { step, base } = this.#state
    if (interception === null || !this.#seen.areRight) return
    const isOff = !interception.enabled && !bypassed
    // Nothing to see while all goes directly, but right after it was switched off.
    if (isOff && step?.phase !== 'RulesOff') {
      this.#watch.forgetProbes()
      return
    }
    const { clock, log } = this.#options
    const isKnown = this.#probe !== null && base !== 'Bypassed'
    const isUrgent = step !== null || this.#watch.isDoubtful
    const pause = isUrgent ? PROBE_MS.step : isKnown ? PROBE_MS.idle : PROBE_MS.unknown
    if (this.#isProbing || clock.now() - this.#probedAt < pause) return
    this.#isProbing = true
    this.#probedAt = clock.now()
    void this.#carryOutProbe(interception, isOff)
      .catch((error: unknown) => {
        log.error('probe not carried out', { error })
      })
      .finally(() => {
        this.#isProbing = false
        this.#wakeup.notify()
      })
  }

  async #carryOutProbe(interception: Interception, isOff: boolean): Promise<void> {
    const { clock, slots, families } = this.#options
    const rules = this.#keptText
    const result = await probeAll(interception, {
      families: usedFamilies(families),
      pulse: () => slots.pulse(portsOf(interception)),
      now: () => clock.now(),
    })
    // It went by other rules than there are now.
    if (rules !== this.#keptText) return
    this.#probe = { result, wall: clock.wall(), rules }
    if (isOff) this.#watch.forgetProbes()
    else this.#watch.probed(result, clock.now())
  }

  #probeVerdict(): World['probe'] {
    if (this.#probe === null || this.#probe.rules !== this.#keptText) return 'unclear'
    const { inbound, outbound } = this.#probe.result
    const outcomes = [inbound, outbound].filter((one) => one !== null)
    if (outcomes.length === 0)
      return wantedRules(this.#state).interception?.enabled === true ? 'proxy' : 'direct'
    if (outcomes.every((one) => one === 'Seen')) return 'proxy'
    return outcomes.every((one) => one === 'Refused') ? 'direct' : 'unclear'
  }

  /** Starts the hook of the present phase, once, and tells how it ended. */
  #hookRecord(): HookRecord | null {
    const pending = pendingHook(this.#state)
    const { step } = this.#state
    if (pending === null || step === null || this.#unwritable !== '') return null
    const key = `${step.begunAt} ${step.phase}`
    if (this.#hook.key !== key) {
      // An app whose proxy is not there is left alone.
      if (step.phase === 'OfflineHook' && this.#whyDown !== '') return null
      const hook = { key, record: null as HookRecord | null }
      this.#hook = hook
      const { slots, log, metrics } = this.#options
      log.info('hook called', { hook: pending.name })
      void runHook(pending.name, pending.hook, (name) => slots.serving(name)).then((record) => {
        hook.record = record
        log.info('hook ended', { ...record })
        metrics.hookEnded(record)
        this.#wakeup.notify()
      })
    }
    return this.#hook.record
  }

  /** Nothing new is begun that a successor could not know of; what protects the app goes on. */
  #write(next: State, before: State): boolean {
    try {
      this.#options.store.write(next)
      this.#unwritable = ''
      return true
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      if (this.#unwritable === '') {
        this.#options.log.error('state of interception not written', { error })
      }
      this.#unwritable = `Its state cannot be written, so nothing new is begun: ${text}`
      return before.step !== null || next.base === 'Bypassed'
    }
  }

  #tell(before: State, next: State): void {
    const { log, metrics } = this.#options
    const [from, to] = [shownState(before), shownState(next)]
    const phase = next.step?.phase ?? 'Idle'
    if (from !== to || phase !== (before.step?.phase ?? 'Idle')) {
      log.info('interception changed', {
        from,
        to,
        phase,
        id: next.step?.target.id ?? next.order?.id,
      })
    }
    if (next.bypasses > before.bypasses) {
      log.warn('the proxy does not serve, rules off', { why: this.#whyDown })
      metrics.bypassed()
    }
    if (next.last !== null && next.last !== before.last) metrics.toggled(next.last)
  }

  #paceMs(): number {
    if (this.#state.step !== null) return PACE_MS.step
    return this.#state.base === 'Off' ? PACE_MS.off : PACE_MS.on
  }
}

function portsOf(terms: Interception | null): readonly number[] {
  return [terms?.inbound?.proxyPort, terms?.outbound?.proxyPort].filter(
    (port) => port !== undefined,
  )
}

/** A pod without an IPv6 address has no IPv6 traffic, and its proxy need not listen there. */
function usedFamilies(families: readonly Family[]): readonly Family[] {
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const hasIpv6 = addresses.some(
    ({ family, internal, address }) =>
      family === 'IPv6' && !internal && !address.startsWith('fe80:'),
  )
  return families.filter((family) => family === 'v4' || hasIpv6)
}
