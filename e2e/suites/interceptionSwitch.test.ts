import { expect } from 'chai'
import { AGENT_PORT, INTERCEPTION_CONDITION } from '../../api/group.ts'
import { TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import type { TrafficInterceptionSpec } from '../../api/v1beta1/trafficinterception.ts'
import { DEPLOYMENTS, PODS, SERVICES } from '../../runtime/client/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { Lane, Load, Summary, WindowSummary } from '../../test/ledger/index.ts'
import { startLoad } from '../../test/ledger/index.ts'
import { waitFor } from '../environment/wait.ts'
import { agentStatus, parseMetrics } from '../observe/agents.ts'
import { eventsIn } from '../observe/events.ts'
import { sentSoFar, untilSent } from '../observe/load.ts'
import type { Monitoring } from '../observe/monitoring.ts'
import { startMonitoring } from '../observe/monitoring.ts'
import { PodProcesses } from '../observe/processes.ts'
import { isReady, Rollout } from '../observe/rollout.ts'
import { applyAll } from '../workload/deploy.ts'
import {
  consumer,
  hastyPod,
  interceptingSet,
  nativeInterceptingSet,
  provider,
  switchOf,
} from '../workload/interceptedApps.ts'
import { PORTS } from '../workload/ports.ts'
import { useEnvironment } from './sharedEnvironment.ts'
import { expectLossless, report } from './verdict.ts'

const NAME = 'intercepted'
const APPS = ['consumer', 'provider'] as const
/** What goes through both apps, and what is in flight at every moment. */
const LANES: readonly Lane[] = [
  { kind: 'short', perSecond: 40 },
  { kind: 'keepalive', connections: 4, gapMs: 50 },
  { kind: 'keepalive-idle', connections: 4, gapMs: 700 },
  { kind: 'slow', perSecond: 4, durationMs: 1000 },
]

/** Little: what waits for a dead proxy holds the consumer's own connections to the provider. */
const OUTAGE_LANES: readonly Lane[] = [{ kind: 'short', perSecond: 15 }]
/** The end of the rule that brings to the proxy what the app sends. */
const TO_OUTBOUND = '-A BATON_OUTPUT -p tcp -j BATON_TO_OUTBOUND'

describe('interception of a consumer and a provider', () => {
  const environment = useEnvironment()
  /** Undefined on a cluster whose pods cannot reach this machine. */
  let monitoring: Monitoring | undefined

  before('deploy both, and watch over them', async function () {
    this.timeout(180_000)
    monitoring = environment().nodeAccess ? await startMonitoring(environment()) : undefined
    const { client, workloads } = environment()
    const options = { name: NAME, image: workloads.intercepting, appImage: workloads.app }
    await applyAll(environment(), [interceptingSet(options)])
    await new Rollout(client, NAME).condition('Available', 'WebhookConfigured', 30_000)
    await applyAll(environment(), provider(options))
    await applyAll(environment(), consumer(options, await addressOf('provider')))
    for (const app of APPS) await podsOf(app, 1)
    // Ready pods are not yet in the node's tables of both Services.
    const url = `http://${await addressOf('consumer')}/`
    await waitFor('the consumer reaches the provider', 30_000, async () => {
      const answer = await fetch(url, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined)
      return answer?.ok === true ? true : undefined
    })
  })

  after('remove them', async function () {
    this.timeout(120_000)
    await monitoring?.stop()
    const { kubectl } = environment()
    const all = ['--all', '-n', NAME, '--ignore-not-found', '--timeout=60s']
    await kubectl(['delete', 'trafficinterceptions', ...all], { deadlineMs: 70_000 })
    await kubectl(['delete', 'sidecarset', NAME, '--ignore-not-found'])
    await kubectl(['delete', 'namespace', NAME, '--ignore-not-found', '--wait=false'])
  })

  async function podsOf(app: string, count: number): Promise<readonly Pod[]> {
    const pods = environment().client.resource(PODS)
    return waitFor(`${count} ready pods of ${app}`, 90_000, async () => {
      const { items } = await pods.list({ namespace: NAME, labelSelector: `app=${app}` })
      const ready = items.filter(isReady)
      return ready.length === count && items.length === count ? ready : undefined
    })
  }

  /** `kubectl apply` of both switches; resolves when every pod is as wanted. */
  async function toggle(
    enabled: boolean,
    spec: Partial<TrafficInterceptionSpec> = {},
  ): Promise<void> {
    await applyAll(
      environment(),
      APPS.map((app) => switchOf(NAME, app, enabled, spec)),
    )
    const objects = environment().client.resource(TRAFFIC_INTERCEPTIONS)
    for (const name of APPS) {
      let seen = ''
      await waitFor(
        `interception of ${name} is ${enabled ? 'on' : 'off'}`,
        60_000,
        async () => {
          const { metadata, status } = await objects.get({ namespace: NAME, name })
          const progress = status?.conditions?.find(({ type }) => type === 'Progressing')
          seen = progress?.message ?? ''
          const isCurrent = status?.observedGeneration === metadata.generation
          return isCurrent && progress?.reason === 'RolloutCompleted' ? true : undefined
        },
        () => seen,
      )
    }
  }

  async function addressOf(service: string): Promise<string> {
    const services = environment().client.resource(SERVICES)
    const { spec } = await services.get({ namespace: NAME, name: service })
    return spec?.clusterIP ?? ''
  }

  async function loadConsumer(): Promise<Load> {
    const targets = { http: [{ host: await addressOf('consumer'), port: 80 }] }
    return startLoad({ targets, lanes: LANES })
  }

  async function hooksOf(pod: Pod): Promise<readonly string[]> {
    const { kubectl } = environment()
    const log = await kubectl(['logs', '-n', NAME, pod.metadata.name, '-c', 'app'])
    return [...log.matchAll(/^hook (.+)$/gm)].map(([, name = '']) => name)
  }

  const conditionOf = (pod: Pod) =>
    pod.status?.conditions?.find(({ type }) => type === INTERCEPTION_CONDITION)

  it('goes on, off and on under load by kubectl apply, with its hooks, and loses nothing', async function () {
    this.timeout(240_000)
    const load = await loadConsumer()
    try {
      await untilSent([load], 200)
      let sent = 400
      for (const enabled of [true, false, true]) {
        await toggle(enabled)
        sent += 300
        await untilSent([load], sent)
      }
    } catch (error) {
      load.abort()
      throw error
    }
    const summary = await load.stop()
    report('through consumer and provider', summary)
    expectLossless(summary)
    for (const app of APPS) {
      const [pod] = await podsOf(app, 1)
      if (pod === undefined) throw new Error(`${app} has no pod`)
      const status = await agentStatus(pod)
      expect(status?.interception).to.include({ state: 'On', verified: true })
      expect(await hooksOf(pod), `hooks of ${app}`).to.deep.equal([
        ...['offline', 'online'],
        ...['graceful-close', 'online'],
        ...['offline', 'online'],
      ])
      expect(conditionOf(pod)).to.include({ status: 'True', reason: 'Enabled' })
    }
  })

  it('has shown it on the dashboard', async function () {
    this.timeout(60_000)
    if (monitoring === undefined) this.skip()
    await monitoring.everyPanel('baton-interception')
    await monitoring.stop()
    monitoring = undefined
  })

  it('is there in a new pod from its start, without a toggle', async function () {
    this.timeout(120_000)
    const deployments = environment().client.resource(DEPLOYMENTS)
    const deployment = { namespace: NAME, name: 'provider' }
    const [old] = await podsOf('provider', 1)
    await deployments.mergePatch(deployment, { spec: { replicas: 2 } })
    const pods = await podsOf('provider', 2)
    const young = pods.find(({ metadata }) => metadata.name !== old?.metadata.name)
    if (young === undefined) throw new Error('there is no new pod')
    await waitFor('the new pod is recorded as intercepted', 30_000, async () => {
      const pod = await environment().client.resource(PODS).get(young.metadata)
      return conditionOf(pod)?.reason === 'Enabled' ? true : undefined
    })
    expect(await hooksOf(young)).to.deep.equal([])
    await deployments.mergePatch(deployment, { spec: { replicas: 1 } })
    await podsOf('provider', 1)
  })

  it('takes the first packet of a pod that is on from its start, and none of one that is off', async function () {
    this.timeout(120_000)
    if (!environment().nodeAccess) this.skip()
    const { client, kubectl, workloads } = environment()
    const options = { name: NAME, image: workloads.intercepting, appImage: workloads.app }
    await applyAll(environment(), [nativeInterceptingSet(options)])
    await new Rollout(client, `${NAME}-native`).condition('Available', 'WebhookConfigured', 30_000)
    const apps = ['hasty-on', 'hasty-off']
    const hooks = { hooks: {} }
    await applyAll(
      environment(),
      apps.map((app) => switchOf(NAME, app, app === 'hasty-on', hooks)),
    )
    const url = `http://${await addressOf('provider')}/`
    await applyAll(
      environment(),
      apps.map((app) => hastyPod(options, app, url)),
    )
    const processes = new PodProcesses(environment().cluster)
    const packets: string[] = []
    for (const app of apps) {
      const [pod] = await podsOf(app, 1)
      if (pod === undefined) throw new Error(`there is no pod ${app}`)
      await waitFor(`${app} has its answer`, 20_000, async () => {
        const log = await kubectl(['logs', '-n', NAME, app, '-c', 'app'])
        return /^first: 200$/m.test(log) ? true : undefined
      })
      const rules = await processes.natRules(pod, 'app')
      const redirecting = rules.find((rule) => rule.endsWith(TO_OUTBOUND))
      packets.push(/^\[(\d+):/.exec(redirecting ?? '')?.[1] ?? 'no rule')
    }
    expect(packets, 'opening packets of the app that were redirected').to.deep.equal([
      '1',
      'no rule',
    ])
    await kubectl(['delete', 'pod', ...apps, '-n', NAME, '--wait=false'])
    await kubectl(['delete', 'sidecarset', `${NAME}-native`])
  })

  it('is bypassed while the proxy stays dead, comes back with it, and loses with Block', async function () {
    this.timeout(120_000)
    if (!environment().nodeAccess) this.skip()
    const { client } = environment()
    await toggle(true)
    const [pod] = await podsOf('consumer', 1)
    if (pod === undefined) throw new Error('the consumer has no pod')
    const processes = new PodProcesses(environment().cluster)
    const redirecting = async (): Promise<boolean> => {
      const rules = await processes.natRules(pod, 'app')
      return rules.some((rule) => rule.endsWith(TO_OUTBOUND))
    }
    const load = await startLoad({
      targets: { http: [{ host: await addressOf('consumer'), port: 80 }] },
      lanes: OUTAGE_LANES,
      timeoutMs: 2000,
    })
    const dead = new AbortController()
    try {
      await untilSent([load], 30)
      await load.mark('dying')
      const diedAt = performance.now()
      const killing = processes.keepDead(pod, ['proxy-1', 'proxy-2'], dead.signal)
      await waitFor('the rules are off', 10_000, async () => !(await redirecting()) || undefined)
      const offAfterMs = performance.now() - diedAt
      await load.mark('bypassed')
      await sent(load, 60)
      await waitFor('event and condition', 20_000, async () => {
        const name = 'consumer'
        const [event] = await eventsIn(client, NAME, 'InterceptionBypassed')
        const key = { namespace: NAME, name }
        const { status } = await client.resource(TRAFFIC_INTERCEPTIONS).get(key)
        const condition = status?.conditions?.find(({ type }) => type === 'Bypassed')
        return (event !== undefined && condition?.status === 'True') || undefined
      })
      const metrics = await fetch(`http://${pod.status?.podIP ?? ''}:${AGENT_PORT}/metrics`)
      const series = parseMetrics(await metrics.text())
      expect(series.get('baton_interception_bypasses_total')).to.be.above(0)
      await load.mark('policy')
      await applyAll(environment(), [switchOf(NAME, 'consumer', true, { onProxyFailure: 'Block' })])
      await waitFor('the rules are on', 10_000, async () => (await redirecting()) || undefined)
      await load.mark('blocked')
      await sent(load, 30)
      await load.mark('back')
      dead.abort()
      await killing
      await waitFor('it goes through the proxy again', 30_000, async () => {
        const answer = await fetch(`http://${await addressOf('consumer')}/`).catch(() => undefined)
        return answer?.headers.get('server') === 'envoy' || undefined
      })
      await load.mark('after')
      await sent(load, 30)
      const summary = await load.stop()
      report(`proxy dead, rules off after ${Math.round(offAfterMs)} ms`, summary)
      const { bypassed, blocked, after } = windowsOf(summary)
      expect(bypassed, 'requests that went directly').to.deep.include({ lost: 0 })
      expect(after, 'requests that go through the proxy again').to.deep.include({ lost: 0 })
      expect(blocked?.lost, 'lost by the control').to.be.above(0)
    } finally {
      dead.abort()
      load.abort()
    }
  })

  it('goes off when its object is deleted', async function () {
    this.timeout(120_000)
    const { kubectl } = environment()
    await kubectl(['delete', 'trafficinterception', 'provider', '-n', NAME, '--timeout=60s'], {
      deadlineMs: 70_000,
    })
    const [pod] = await podsOf('provider', 1)
    if (pod === undefined) throw new Error('the provider has no pod')
    expect((await agentStatus(pod))?.interception).to.include({ state: 'Off' })
    expect((await hooksOf(pod)).slice(-2)).to.deep.equal(['graceful-close', 'online'])
    const status = await fetch(`http://${pod.status?.podIP ?? ''}:${PORTS.app}/`)
    expect(status.status).to.equal(200)
  })
})

/** Waits until the load has sent so many more. */
async function sent(load: Load, more: number): Promise<void> {
  await untilSent([load], (await sentSoFar([load])) + more)
}

function windowsOf({ kinds }: Summary): Readonly<Partial<Record<string, WindowSummary>>> {
  return kinds.short?.windows ?? {}
}
