import { KubeConfig } from '@kubernetes/client-node'
import { AGENT_PORT } from '../../api/group.ts'
import type { InterceptionWorld } from '../../operator/testing/interceptionWorld.ts'
import { startInterceptionWorld } from '../../operator/testing/interceptionWorld.ts'
import type { FakeUser } from '../../runtime/testing/users.ts'
import type { ConsoleOptions, RunningConsole } from '../server.ts'
import { startConsole } from '../server.ts'
import { testPage } from './page.ts'

/** A cluster with a real operator, agents that can be asked by way of the API server, and users. */
export interface ConsoleWorld extends InterceptionWorld {
  readonly users: Map<string, FakeUser>
  /** Lets the agents of these pods be asked. */
  serveAgents(pods: readonly string[]): void
}

export async function startConsoleWorld(
  options: Parameters<typeof startInterceptionWorld>[0] = {},
): Promise<ConsoleWorld> {
  const users = new Map<string, FakeUser>()
  const world = await startInterceptionWorld({
    ...options,
    apiServer: { users, ...options.apiServer },
  })
  return {
    ...world,
    users,
    serveAgents: (pods) => {
      for (const pod of pods) {
        const path = `/api/v1/namespaces/default/pods/${pod}:${AGENT_PORT}/proxy/status`
        world.server.serve(path, () => world.node.status(pod))
      }
    },
  }
}

export interface TestCluster {
  readonly name: string
  readonly url: string
}

/** A kubeconfig with these clusters, all with the one user that fake servers let do everything. */
export function kubeConfigOf(clusters: readonly TestCluster[]): KubeConfig {
  const kubeConfig = new KubeConfig()
  kubeConfig.loadFromOptions({
    clusters: clusters.map(({ name, url }) => ({ name, server: url, skipTLSVerify: true })),
    users: [{ name: 'tester', token: 'a-token' }],
    contexts: clusters.map(({ name }) => ({ name, cluster: name, user: 'tester' })),
    currentContext: clusters[0]?.name ?? '',
  })
  return kubeConfig
}

/** A console of these clusters, quick to notice what happens to them. */
export async function startTestConsole(
  clusters: readonly TestCluster[],
  options: Partial<ConsoleOptions> = {},
): Promise<RunningConsole> {
  return startConsole({
    kubeConfig: kubeConfigOf(clusters),
    assets: await testPage(),
    port: 0,
    probeMs: 200,
    agentMs: 100,
    ...options,
  })
}
