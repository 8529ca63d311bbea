import { globSync } from 'node:fs'
import type { Block } from './blocks.ts'
import { filesOf, isTyped } from './blocks.ts'
import { readBlocks, ROOT } from './pages.ts'

/** A line of a runbook that somebody is to type. */
export interface RunbookCommand {
  readonly page: string
  readonly line: number
  /** As it stands, with names in capitals that the reader fills in. */
  readonly text: string
  /** `rollback` of `kubectl baton rollback SET`. */
  readonly verb: string
}

/**
 * What the set has to be like for a verb to make sense, in the order in which they are typed: what
 * changes nothing at any time, and what gives a version up last, for it is not tried again unasked.
 */
export const NEEDS = {
  version: 'any',
  check: 'any',
  status: 'any',
  why: 'any',
  'why-injected': 'any',
  diff: 'any',
  history: 'any',
  lint: 'any',
  'support-bundle': 'any',
  pause: 'atRest',
  upgrade: 'atRest',
  rollback: 'atRest',
  resume: 'atStep',
  promote: 'atStep',
  abort: 'atStep',
  retry: 'givenUp',
} as const
export type Need = (typeof NEEDS)[keyof typeof NEEDS]

/** Verbs that need an app which the guide has, and which it types with the same words. */
export const TYPED_BY: Readonly<Record<string, string>> = {
  intercept: 'docs/guides/interception.md',
}

/** Verbs that ask at a terminal whether they shall; who types them into a script says it beforehand. */
const ASKING = new Set(['rollback', 'abort', 'retry', 'promote'])

/** Codes other than 0 with which a verb says what it has found, and nothing of a failure. */
const TELLS: Readonly<Record<string, number>> = { diff: 1 }

/** Every line of every runbook. */
export function runbookCommands(): readonly RunbookCommand[] {
  return globSync('docs/runbooks/*.md', { cwd: ROOT })
    .sort()
    .flatMap((page) =>
      readBlocks(page)
        .filter(isTyped)
        .flatMap(({ line, lines }) =>
          lines.map((text, index) => ({ page, line: line + index, text, verb: verbOf(text) })),
        ),
    )
}

/**
 * All that one reader types of them into one shell, as a page: each command once, in the state that it is
 * for. Two that differ in the reason alone are one.
 */
export function runbookPage(): readonly Block[] {
  const once = new Map(runbookCommands().map((command) => [shapeOf(command.text), command]))
  const typed = Object.entries(NEEDS).flatMap(([verb, need]) =>
    [...once.values()]
      .filter((command) => command.verb === verb)
      .flatMap((command) => typeOne(command, need)),
  )
  const [manifests = ''] = filesOf(readBlocks('docs/guides/first-sidecar.md')).values()
  const blocks = [
    ['yaml', `# manifests.yaml\n${manifests}`],
    ['yaml', POD],
    ['sh', [STATES, ...typed, 'atRest'].join('\n')],
  ] as const
  return blocks.map(([language, text], index) => {
    return { page: 'docs/runbooks', language, line: index + 1, lines: text.split('\n') }
  })
}

/** The same for commands that say the same: what is asked beforehand and the words of people left out. */
export function shapeOf(text: string): string {
  return text
    .replaceAll(/ (--yes|--timeout \S+)/g, '')
    .replaceAll(/(--reason) '[^']*'/g, '$1')
    .replaceAll(/ --reason(?= |$)/g, '')
    .replaceAll(/(--app|-n) \S+/g, '$1 NAME')
}

function typeOne({ page, line, text, verb }: RunbookCommand, need: Need): readonly string[] {
  const filled = text
    .replaceAll(/\bSET\b/g, 'mesh')
    .replaceAll(/\bNAMESPACE\b/g, 'shop')
    .replaceAll(/\bPOD\b/g, '"$pod"')
    .replaceAll('CONTAINER=IMAGE', 'proxy=$new')
  const asked = ASKING.has(verb) ? `${filled} --yes` : filled
  const command = verb in TELLS ? `${asked} || test $? = ${TELLS[verb]}` : asked
  return [...(need === 'any' ? [] : [need]), `echo ${quoted(`${page}:${line}: ${text}`)}`, command]
}

function verbOf(text: string): string {
  return text.split(' ')[2] ?? ''
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** As the guides leave the set: at the old version, with the app of two pods. */
const STATES = `old=registry.example/envoy:1.38.3
new=registry.example/envoy:1.40.0
pod=$(kubectl get pods -n shop -l app=shop -o jsonpath='{.items[0].metadata.name}')
strategy() {
  kubectl patch sidecarset mesh --type merge -p '{"spec": {"updateStrategy": '"$1"'}}'
}
atRest() {
  strategy '{"paused": false, "canary": null, "rollbackWindow": null}'
  kubectl baton upgrade mesh proxy=$old --wait --timeout 3m
}
atStep() {
  atRest
  strategy '{"canary": {"steps": [{"replicas": 1, "pause": {}}]}, "rollbackWindow": {"revisions": 0}}'
  kubectl baton upgrade mesh proxy=$new
  kubectl baton status mesh --for=paused --timeout 3m
}
# The one before was to abort it.
givenUp() {
  kubectl baton status mesh --for=failed --timeout 3m
  strategy '{"canary": null}'
}`

const POD = `# pod.yaml
apiVersion: v1
kind: Pod
metadata:
  name: one-more
  namespace: shop
  labels: { app: shop }
spec:
  containers:
    - { name: app, image: "registry.example/envoy:1.38.3" }`
