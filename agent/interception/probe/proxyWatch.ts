import type { Health } from '../../handover/world.ts'
import type { ProbeResult } from './probe.ts'

/** What is known of the proxy's ports at one moment. */
export interface ProxySight {
  readonly proxy: 'serves' | 'down' | 'unknown'
  readonly downMs: number
  readonly servesMs: number
  /** Why it is down, a clause; empty when it is not. */
  readonly why: string
}

/**
 * A proxy that accepts nothing for so many probes in a row is as good as dead, though it be at work. Of
 * one that was seen to stand still a single probe is enough.
 */
const UNACCEPTED_LIMIT = 3

/**
 * Remembers what it needs to tell a dead proxy. Of hot containers the launchers tell at once; of
 * other proxies, and of one that hangs, the probes do.
 */
export class ProxyWatch {
  #downSince: number | null = null
  #servesSince: number | null = null
  /** Ports of which this was seen, as text; others are another proxy. */
  #listened = ''
  #unaccepted = 0
  #last: ProbeResult | null = null
  /** Why its livenessProbe fails; empty = it does not. */
  #ailment = ''

  /**
   * @param result of a probe that the rules bring to the proxy
   * @param at its end
   */
  probed(result: ProbeResult, at: number): void {
    const { inbound, outbound, hungMs, isTaking } = result
    const isUnaccepted = inbound === 'NotAccepted' || outbound === 'NotAccepted'
    this.#last = result
    // One that takes what waited longer will come to it: that is slow, not dead.
    if (!isUnaccepted || isTaking) this.#unaccepted = 0
    else if (hungMs === null) this.#unaccepted += 1
    else {
      this.#unaccepted = UNACCEPTED_LIMIT
      this.#downSince ??= at - hungMs
    }
  }

  /** It has left a probe unaccepted, and not enough of them: the next one is urgent. */
  get isDoubtful(): boolean {
    return this.#unaccepted > 0 && this.#unaccepted < UNACCEPTED_LIMIT
  }

  /** @param liveness what stands of its livenessProbe; null = it has none */
  lives(liveness: Health | null): void {
    const isIll = liveness?.verdict === 'failing'
    this.#ailment = isIll ? `it fails its livenessProbe: ${liveness.detail}` : ''
  }

  /** The rules do not bring probes to the proxy now. */
  forgetProbes(): void {
    this.#last = null
    this.#unaccepted = 0
  }

  /**
   * @param ports where the proxy must listen
   * @param listening ports on which processes of hot containers listen now
   */
  look(ports: readonly number[], listening: ReadonlySet<number>, at: number): ProxySight {
    const why = this.#whyDown(ports, listening)
    const proxy = why === '' ? this.#judge(ports, listening) : 'down'
    if (proxy !== 'down') this.#downSince = null
    else this.#downSince ??= at
    if (proxy !== 'serves') this.#servesSince = null
    else this.#servesSince ??= at
    const downMs = at - (this.#downSince ?? at)
    return { proxy, downMs, servesMs: at - (this.#servesSince ?? at), why }
  }

  /** A clause; empty = nothing says that it is down. */
  #whyDown(ports: readonly number[], listening: ReadonlySet<number>): string {
    const wanted = ports.join(',')
    if (ports.every((port) => listening.has(port)) && wanted !== '') this.#listened = wanted
    else if (this.#listened === wanted && wanted !== '') return 'nobody listens on its ports'
    if (this.#unaccepted >= UNACCEPTED_LIMIT) {
      return this.#last?.hungMs === null ? 'it accepts no connection' : 'it stands still'
    }
    if (this.#ailment !== '') return this.#ailment
    const isRefused = this.#last?.inbound === 'Refused' || this.#last?.outbound === 'Refused'
    // Of hot containers the launchers know better.
    return isRefused && this.#listened !== wanted ? 'it refuses connections' : ''
  }

  /** Of one that is not down. */
  #judge(ports: readonly number[], listening: ReadonlySet<number>): ProxySight['proxy'] {
    if (ports.every((port) => listening.has(port)) && ports.length > 0) return 'serves'
    // No hot container of this pod has ever listened there: only probes can tell.
    if (this.#last === null) return 'unknown'
    const outcomes = [this.#last.inbound, this.#last.outbound].filter((one) => one !== null)
    return outcomes.every((one) => one === 'Seen') && outcomes.length > 0 ? 'serves' : 'unknown'
  }
}

/** Ports of addresses such as `0.0.0.0:15001` and `[::]:15001`. */
export function portsOf(addresses: Iterable<string>): ReadonlySet<number> {
  const ports = [...addresses].map((address) => Number(address.slice(address.lastIndexOf(':') + 1)))
  return new Set(ports)
}
