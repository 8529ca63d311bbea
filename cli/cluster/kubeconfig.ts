import { KubeConfig } from '@kubernetes/client-node'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { CliError, usageError } from '../cliError.ts'
import { nearest } from '../commandline/nearest.ts'

export interface KubeConfigOptions {
  readonly kubeconfig?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/** The kubeconfig that kubectl would read. Errors: CliError when there is no usable one. */
export function loadKubeConfig({ kubeconfig, env }: KubeConfigOptions): KubeConfig {
  const files = (kubeconfig ?? env['KUBECONFIG'] ?? '').split(':').filter((file) => file !== '')
  const standard = join(env['HOME'] ?? homedir(), '.kube', 'config')
  const kubeConfig = new KubeConfig()
  if (files.length === 0 && env['KUBERNETES_SERVICE_HOST'] !== undefined && !existsSync(standard)) {
    kubeConfig.loadFromCluster()
    return kubeConfig
  }
  // As kubectl does: files that are missing are passed over, unless none is there.
  const present = (files.length === 0 ? [standard] : files).filter((file) => existsSync(file))
  if (present.length === 0) {
    throw noCluster(`there is no kubeconfig at ${files.length === 0 ? standard : files.join(', ')}`)
  }
  for (const [index, file] of present.entries()) {
    const one = index === 0 ? kubeConfig : new KubeConfig()
    try {
      one.loadFromFile(file)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw usageError(`the kubeconfig ${file} cannot be read: ${why}`)
    }
    if (index > 0) kubeConfig.mergeConfig(one, true)
  }
  return kubeConfig
}

/** Errors: CliError with the context that was probably meant. */
export function useContext(kubeConfig: KubeConfig, name: string): void {
  const names = kubeConfig.getContexts().map((context) => context.name)
  if (!names.includes(name)) {
    const near = nearest(name, names)
    const remedy =
      near === undefined ? `choose one of ${names.join(', ')}` : `did you mean "${near}"?`
    throw usageError(`the kubeconfig has no context "${name}"`, remedy)
  }
  kubeConfig.setCurrentContext(name)
}

/** There is nothing to connect to. */
export function noCluster(message: string): CliError {
  return new CliError({
    exit: 'unavailable',
    reason: 'NoCluster',
    message,
    remedy: 'name a kubeconfig by --kubeconfig or KUBECONFIG',
  })
}
