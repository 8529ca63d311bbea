/** What simulated nodes are told by their environment. Times in milliseconds. */
export interface NodeSettings {
  readonly kubeconfig: string
  readonly namespace: string
  readonly restartMs: number
  readonly pullMs: number
  readonly handoverMs: number
}

export function nodeEnvironment(settings: NodeSettings): Record<string, string> {
  return {
    KUBECONFIG: settings.kubeconfig,
    POD_NAMESPACE: settings.namespace,
    RESTART_MS: String(settings.restartMs),
    PULL_MS: String(settings.pullMs),
    HANDOVER_MS: String(settings.handoverMs),
  }
}

export function readNodeSettings(environment: NodeJS.ProcessEnv): NodeSettings {
  const text = (name: string): string => {
    const value = environment[name]
    if (value === undefined)
      throw new Error(`${name} is not set: the benchmark starts this program`)
    return value
  }
  return {
    kubeconfig: text('KUBECONFIG'),
    namespace: text('POD_NAMESPACE'),
    restartMs: Number(text('RESTART_MS')),
    pullMs: Number(text('PULL_MS')),
    handoverMs: Number(text('HANDOVER_MS')),
  }
}
