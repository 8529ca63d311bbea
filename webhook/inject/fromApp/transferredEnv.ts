import type { TransferEnv } from '../../../api/v1beta1/sidecarset.ts'
import type { Container, Env, Pod } from '../podTypes.ts'
import { appContainers } from './appContainers.ts'

/** What a sidecar takes over, and in sentences what it does not find. */
export interface Taken<T> {
  readonly taken: readonly T[]
  readonly missing: readonly string[]
}

/**
 * Variables that a sidecar gets from the app's containers, in the order in which it asks for them.
 * One that is not there is told and left out, as the app itself would run without it.
 */
export function transferredEnv(
  wanted: readonly TransferEnv[] | undefined,
  pod: Pod,
): Taken<Env[number]> {
  const taken: Env[number][] = []
  const missing: string[] = []
  for (const transfer of wanted ?? []) {
    const source = sourceName(transfer, pod)
    const container = appContainers(pod).find(({ name }) => name === source)
    if (container === undefined) {
      missing.push(`There is no container ${source || '(unnamed)'} in the pod to take env from.`)
      continue
    }
    for (const name of namesOf(transfer)) {
      const found = variablesOf(container, name)
      if (found.length === 0) missing.push(`Container ${source} has no variable ${name} in env.`)
      taken.push(...found)
    }
  }
  return { taken, missing }
}

function namesOf({ envName, envNames = [] }: TransferEnv): readonly string[] {
  return [...new Set(envName === undefined || envName === '' ? envNames : [envName, ...envNames])]
}

const METADATA_FIELD = /^metadata\.(labels|annotations)\['([^']+)'\]$/

function sourceName({ sourceContainerName, sourceContainerNameFrom }: TransferEnv, pod: Pod) {
  const fieldPath = sourceContainerNameFrom?.fieldRef?.fieldPath
  if (fieldPath === undefined) return sourceContainerName ?? ''
  const [, kind, key] = METADATA_FIELD.exec(fieldPath) ?? []
  const { labels, annotations } = pod.metadata ?? {}
  return (kind === 'labels' ? labels : annotations)?.[key ?? ''] ?? ''
}

const REFERENCE = /\$\(([-._a-zA-Z][-._a-zA-Z0-9]*)\)/g

/** Names that a text refers to as `$(NAME)`, which the kubelet expands. */
export function referencedNames(text: string): readonly string[] {
  return [...text.matchAll(REFERENCE)].map(([, name = '']) => name)
}

/**
 * A variable of a container, after those that its value refers to: the kubelet expands a reference
 * only when what it names stands before. Empty when the container does not have it.
 */
export function variablesOf({ env = [] }: Container, name: string): readonly Env[number][] {
  const found: Env[number][] = []
  const collect = (wanted: string, before: number): void => {
    const index = env.findLastIndex((one, at) => at < before && one.name === wanted)
    const variable = env[index]
    if (variable === undefined || found.includes(variable)) return
    for (const reference of referencedNames(variable.value ?? '')) collect(reference, index)
    found.push(variable)
  }
  collect(name, env.length)
  return found.at(-1)?.name === name ? found : []
}
