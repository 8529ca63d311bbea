import { expect } from 'chai'
import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { WEBHOOK } from '../../api/installation.ts'
import { MUTATING_WEBHOOK_CONFIGURATIONS, NAMESPACES, PODS } from '../../runtime/client/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { waitFor } from '../environment/wait.ts'
import { Rollout } from '../observe/rollout.ts'
import { applyAll } from '../workload/deploy.ts'
import { meshSet } from '../workload/mesh.ts'
import { useEnvironment } from './sharedEnvironment.ts'

const NAME = 'scope'
const RESTART_MS = 90_000

describe('while no webhook answers', () => {
  const environment = useEnvironment()
  const patchDeployment = (name: string, change: readonly string[]): Promise<string> =>
    environment().kubectl(['-n', SYSTEM_NAMESPACE, ...change, `deployment/${name}`])

  before('make a set, and stop all replicas of the webhook', async function () {
    this.timeout(RESTART_MS)
    const { client } = environment()
    await client.resource(NAMESPACES).create({ metadata: { name: NAME } })
    await applyAll(environment(), [meshSet({ name: NAME, image: 'registry.example/proxy:1' })])
    await new Rollout(client, NAME).condition('Available', 'WebhookConfigured', 30_000)
    await patchDeployment('baton-webhook', ['scale', '--replicas=0'])
    // One replica may answer once more after another has refused.
    const left = { namespace: SYSTEM_NAMESPACE, labelSelector: `app.kubernetes.io/name=${WEBHOOK}` }
    await waitFor('no webhook is left', RESTART_MS, async () => {
      const { items } = await client.resource(PODS).list(left)
      if (items.length > 0) return undefined
      return (await creation({ app: NAME })) === undefined ? undefined : true
    })
  })

  after('start them again', async function () {
    this.timeout(2 * RESTART_MS)
    await patchDeployment('baton-webhook', ['scale', '--replicas=2'])
    await setPolicy('Fail')
    await environment().kubectl([
      '-n',
      SYSTEM_NAMESPACE,
      'rollout',
      'status',
      'deployment/baton-webhook',
    ])
    await waitFor('pods are injected again', RESTART_MS, async () => {
      const refusal = await creation({ app: NAME })
      return refusal === undefined ? true : undefined
    })
    await environment().kubectl(['delete', 'sidecarset', NAME])
    await environment().kubectl(['delete', 'namespace', NAME, '--wait=false'])
  })

  it('pods that no set selects are created, and those that opt out by label or annotation', async () => {
    expect(await creation({ app: 'other' })).to.equal(undefined)
    expect(await creation({ app: NAME, 'baton.dev/inject': 'false' })).to.equal(undefined)
    expect(await creation({ app: NAME }, { 'baton.dev/inject': 'false' })).to.equal(undefined)
  })

  it('pods that a set selects are refused, and told which set it is for', async () => {
    expect(await creation({ app: NAME })).to.contain(
      'failed calling webhook "scope.inject.baton.dev"',
    )
  })

  it('pods can be deleted', async function () {
    this.timeout(30_000)
    const pods = environment().client.resource(PODS)
    await pods.create(pod({ app: 'other' }))
    await pods.delete({ namespace: NAME, name: NAME }, { gracePeriodSeconds: 0 })
    await waitFor('the pod is gone', 20_000, async () =>
      (await pods.find({ namespace: NAME, name: NAME })) === undefined ? true : undefined,
    )
  })

  it('selected pods go without a sidecar where failurePolicy says Ignore', async function () {
    this.timeout(RESTART_MS)
    await setPolicy('Ignore')
    const created = await environment()
      .client.resource(PODS)
      .create(pod({ app: NAME }), { dryRun: true })
    expect(created.spec?.containers.map(({ name }) => name)).to.deep.equal(['app'])
  })

  /** What the API server says about the creation of a pod; undefined when it takes it. */
  async function creation(
    labels: Readonly<Record<string, string>>,
    annotations: Readonly<Record<string, string>> = {},
  ): Promise<string | undefined> {
    try {
      await environment()
        .client.resource(PODS)
        .create(pod(labels, annotations), { dryRun: true, retry: false })
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  /** As the installation's setting, which reaches the operator as a variable. */
  async function setPolicy(policy: 'Fail' | 'Ignore'): Promise<void> {
    const { client, kubectl } = environment()
    const operator = 'deployment/baton-operator'
    await kubectl(['-n', SYSTEM_NAMESPACE, 'set', 'env', operator, `FAILURE_POLICY=${policy}`])
    let seen = ''
    await waitFor(
      `failurePolicy ${policy} in the configuration`,
      RESTART_MS,
      async () => {
        const found = await client
          .resource(MUTATING_WEBHOOK_CONFIGURATIONS)
          .find({ name: 'baton-injection' })
        const entry = found?.webhooks?.find(({ name }) => name === `${NAME}.inject.baton.dev`)
        seen = entry?.failurePolicy ?? 'no entry'
        return seen === policy ? true : undefined
      },
      () => seen,
    )
  }
})

function pod(
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>> = {},
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: NAME, namespace: NAME, labels, annotations },
    spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] },
  }
}
