import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { applyPatch } from 'rfc6902'
import { parseAllDocuments, stringify } from 'yaml'
import type { SidecarSet } from '../../../api/v1beta1/sidecarset.ts'
import type { Injection } from '../inject.ts'
import { inject } from '../inject.ts'
import type { InjectableSet } from '../injectableSet.ts'
import type { Pod } from '../podTypes.ts'
import { injectable } from './build.ts'

/**
 * A golden file is a stream of YAML documents: a line of description, the SidecarSets, the pod as
 * its author wrote it, and after it what injection makes of it: the pod and the report.
 */
export interface GoldenFile {
  readonly file: URL
  readonly name: string
  readonly sets: readonly InjectableSet[]
  readonly pod: Pod
  /** Text of the part that injection makes. */
  readonly expected: string
  /** Text before it. */
  readonly given: string
}

const FOLDER = new URL('../golden/', import.meta.url)
const MARK = '--- # after injection\n'
const CONTEXT = {
  agentImage: 'baton.dev/agent:v0.1.0',
  nowMs: Date.UTC(2025, 0, 2, 3, 4, 5, 678),
  namespace: { name: 'shop' },
}

export function goldenFiles(): readonly GoldenFile[] {
  const names = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'))
  return names.sort().map((name) => readGolden(new URL(name, FOLDER)))
}

function readGolden(file: URL): GoldenFile {
  const [given = '', expected = ''] = readFileSync(file, 'utf8').split(MARK)
  const objects = parseAllDocuments(given).map((document) => document.toJS() as Typed)
  return {
    file,
    name: /^# (.+)/.exec(given)?.[1] ?? file.pathname,
    sets: objects.filter(isSidecarSet).map(injectable),
    pod: objects.find(({ kind }) => kind === 'Pod') as Pod,
    given,
    expected,
  }
}

type Typed = SidecarSet | (Pod & { readonly kind?: 'Pod' })

function isSidecarSet(object: Typed): object is SidecarSet {
  return object.kind === 'SidecarSet'
}

export function injectGolden({ pod, sets }: GoldenFile): Injection {
  return inject(pod, sets, CONTEXT)
}

/** A pod after a patch. Errors: the first operation that cannot be done. */
export function patched(pod: Pod, { patch }: Injection): Pod {
  const copy = structuredClone(pod)
  const failures = applyPatch(copy, structuredClone([...patch])).filter((error) => error !== null)
  if (failures[0] !== undefined) throw failures[0]
  return copy
}

/** What injection makes of a golden file's pod, as it is written in the file. */
export function renderGolden(golden: GoldenFile): string {
  const injection = injectGolden(golden)
  const options = { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' } as const
  const pod = stringify(patched(golden.pod, injection), options)
  return `${pod}--- # report\n${stringify(injection.report, options)}`
}

export function writeGolden(golden: GoldenFile): void {
  writeFileSync(golden.file, golden.given + MARK + renderGolden(golden))
}
