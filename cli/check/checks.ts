import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { OPERATOR, WEBHOOK } from '../../api/installation.ts'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import { INJECTION_CONFIGURATION } from '../../operator/webhookconfiguration/manifests.ts'
import {
  CUSTOM_RESOURCE_DEFINITIONS,
  DEPLOYMENTS,
  LEASES,
  MUTATING_WEBHOOK_CONFIGURATIONS,
  NODES,
  PODS,
} from '../../runtime/client/kinds.ts'
import { askAgents } from '../cluster/agents.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { listSets } from '../cluster/sets.ts'
import { listSubjects } from '../cluster/subjects.ts'
import {
  checkAgentVersions,
  checkAgentsAnswer,
  checkAgentsRun,
  checkOrphans,
  checkQueues,
  podsWithAgent,
  sampleOf,
} from './dataPlaneChecks.ts'
import {
  checkCertificates,
  checkDefinitions,
  checkDeployment,
  checkInjection,
  checkLeader,
  checkSkew,
} from './installChecks.ts'
import { checkArchitectures, checkKernels, checkKubernetes } from './preChecks.ts'
import type { Phase, Seen } from './result.ts'
import { skipped } from './result.ts'
import { checkServedCertificates } from './servedCertificates.ts'
import { checkWebhookAnswers } from './webhookAnswers.ts'

/** One thing that is looked at. */
export interface Check {
  readonly id: string
  readonly phase: Phase
  /** What it needs to be allowed. */
  readonly access: string
  readonly run: (cluster: Cluster, now: number) => Promise<Seen>
}

const MOST_AGENTS = 50

/** All checks, in the order in which they are told. */
export const checks: readonly Check[] = [
  {
    id: 'kubernetes-version',
    phase: 'pre',
    access: 'get /version',
    run: async ({ client }) => {
      const answer = await client.transport.request({ method: 'GET', path: '/version' })
      return checkKubernetes((answer as { readonly gitVersion?: string }).gitVersion ?? '')
    },
  },
  {
    id: 'node-kernels',
    phase: 'pre',
    access: 'list nodes',
    run: async ({ client }) => checkKernels((await client.resource(NODES).list()).items),
  },
  {
    id: 'node-architectures',
    phase: 'pre',
    access: 'list nodes',
    run: async ({ client }) => checkArchitectures((await client.resource(NODES).list()).items),
  },
  {
    id: 'definitions',
    phase: 'install',
    access: 'list customresourcedefinitions',
    run: async ({ client }) =>
      checkDefinitions((await client.resource(CUSTOM_RESOURCE_DEFINITIONS).list()).items),
  },
  {
    id: 'operator-ready',
    phase: 'install',
    access: `list deployments in ${SYSTEM_NAMESPACE}`,
    run: async (cluster) => checkDeployment(OPERATOR, await deploymentsOf(cluster)),
  },
  {
    id: 'webhook-ready',
    phase: 'install',
    access: `list deployments in ${SYSTEM_NAMESPACE}`,
    run: async (cluster) => checkDeployment(WEBHOOK, await deploymentsOf(cluster)),
  },
  {
    id: 'leader',
    phase: 'install',
    access: `get leases in ${SYSTEM_NAMESPACE}`,
    run: async ({ client }, now) =>
      checkLeader(
        await client.resource(LEASES).find({ namespace: SYSTEM_NAMESPACE, name: OPERATOR }),
        now,
      ),
  },
  {
    id: 'certificates',
    phase: 'install',
    access: 'get mutatingwebhookconfigurations',
    run: async (cluster, now) => checkCertificates(await configurationOf(cluster), now),
  },
  {
    id: 'serving-certificate',
    phase: 'install',
    access: `get mutatingwebhookconfigurations, list pods and create pods/portforward in ${SYSTEM_NAMESPACE}`,
    run: async (cluster, now) =>
      checkServedCertificates(cluster, await configurationOf(cluster), SYSTEM_NAMESPACE, now),
  },
  {
    id: 'injection',
    phase: 'install',
    access: 'list sidecarsets, get mutatingwebhookconfigurations',
    run: async (cluster) =>
      checkInjection(await listSets(cluster), await configurationOf(cluster), SYSTEM_NAMESPACE),
  },
  {
    id: 'webhook-answers',
    phase: 'install',
    access: 'create sidecarsets (a dry run, which keeps nothing)',
    run: ({ client }) => checkWebhookAnswers(client.resource(SIDECAR_SETS)),
  },
  {
    id: 'versions',
    phase: 'install',
    access: `list deployments in ${SYSTEM_NAMESPACE}`,
    run: async (cluster) => checkSkew(await deploymentsOf(cluster)),
  },
  {
    id: 'agents-run',
    phase: 'data-plane',
    access: 'list pods',
    run: async (cluster) => checkAgentsRun(podsWithAgent(await podsOf(cluster))),
  },
  {
    id: 'agent-versions',
    phase: 'data-plane',
    access: `list pods, list deployments in ${SYSTEM_NAMESPACE}`,
    run: async (cluster) => {
      const wanted = (await deploymentsOf(cluster))
        .flatMap(({ spec }) => spec?.template.spec?.containers ?? [])
        .flatMap(({ env = [] }) => env)
        .find(({ name }) => name === 'AGENT_IMAGE')?.value
      return checkAgentVersions(podsWithAgent(await podsOf(cluster)), wanted)
    },
  },
  {
    id: 'agents-answer',
    phase: 'data-plane',
    access: 'list pods, get pods/proxy',
    run: async (cluster) => {
      const asked = sampleOf(podsWithAgent(await podsOf(cluster)), MOST_AGENTS)
      const notes: string[] = []
      const answers = await askAgents(cluster, asked, notes)
      const [note] = notes
      return note === undefined ? checkAgentsAnswer(asked, answers) : skipped(note)
    },
  },
  {
    id: 'queues',
    phase: 'data-plane',
    access: 'list pods, get pods/proxy',
    run: async (cluster) => {
      const asked = sampleOf(podsWithAgent(await podsOf(cluster)), MOST_AGENTS)
      const notes: string[] = []
      const answers = await askAgents(cluster, asked, notes)
      const [note] = notes
      return note === undefined ? checkQueues(answers) : skipped(note)
    },
  },
  {
    id: 'orphans',
    phase: 'data-plane',
    access: 'list pods, list sidecarsets',
    run: async (cluster) => checkOrphans(await podsOf(cluster), await listSubjects(cluster)),
  },
]

async function deploymentsOf({ client }: Cluster) {
  return (await client.resource(DEPLOYMENTS).list({ namespace: SYSTEM_NAMESPACE })).items
}

async function configurationOf({ client }: Cluster) {
  return client.resource(MUTATING_WEBHOOK_CONFIGURATIONS).find({ name: INJECTION_CONFIGURATION })
}

async function podsOf({ client }: Cluster) {
  return (await client.resource(PODS).list()).items
}
