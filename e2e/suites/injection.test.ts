import { expect } from 'chai'
import { sample, tuple } from 'fast-check'
import { applyPatch } from 'rfc6902'
import { revisionHash, revisionName, revisionTemplate } from '../../api/revision.ts'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import { conflictViolations } from '../../api/validation/conflicts.ts'
import { setWith } from '../../api/validation/testing/build.ts'
import { faults, oddities } from '../../api/validation/testing/faults.ts'
import { validateSidecarSet } from '../../api/validation/validateSidecarSet.ts'
import { NAMESPACES, PODS } from '../../runtime/client/kinds.ts'
import { inject } from '../../webhook/inject/inject.ts'
import type { InjectableSet } from '../../webhook/inject/injectableSet.ts'
import type { Pod } from '../../webhook/inject/podTypes.ts'
import { pods } from '../generate/pods.ts'
import { sets } from '../generate/sets.ts'
import { useEnvironment } from './sharedEnvironment.ts'

const NAMESPACE = 'generated'
const CASES = 2000
const AT_ONCE = 4

describe('injection into generated pods', () => {
  const environment = useEnvironment()

  before(async () => {
    const namespaces = environment().client.resource(NAMESPACES)
    if ((await namespaces.find({ name: NAMESPACE })) === undefined) {
      await namespaces.create({ metadata: { name: NAMESPACE } })
    }
  })

  /** What the API server says about a pod; undefined when it takes it. */
  async function refusalOf(pod: Pod): Promise<string | undefined> {
    const { metadata, ...rest } = pod
    const object = { ...rest, metadata: { ...metadata, name: 'generated', namespace: NAMESPACE } }
    try {
      await environment().client.resource(PODS).create(object, { dryRun: true })
      return undefined
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    }
  }

  it('never makes a pod invalid that was valid before', async function () {
    this.timeout(240_000)
    const seed = Date.now() % 1_000_000
    const cases = sample(tuple(pods, sets('mesh'), sets('logs')), { numRuns: CASES, seed })
    const counts = { valid: 0, injected: 0, refusedBefore: 0 }
    const faults: string[] = []
    const next = cases.values()
    const work = async (): Promise<void> => {
      for (const [pod, ...given] of next) {
        const injection = inject(pod, usable(given), {
          agentImage: 'baton.dev/agent:v0.1.0',
          nowMs: 0,
          namespace: { name: NAMESPACE },
        })
        if (injection.patch.length === 0) continue
        if ((await refusalOf(pod)) !== undefined) {
          counts.refusedBefore += 1
          continue
        }
        counts.valid += 1
        const injected = structuredClone(pod)
        const failures = applyPatch(injected, structuredClone([...injection.patch]))
        const refusal =
          failures.find((failure) => failure !== null)?.message ?? (await refusalOf(injected))
        if (refusal === undefined) counts.injected += 1
        else faults.push(`${refusal}\n${JSON.stringify({ pod, sets: given })}`)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    process.stdout.write(`      seed ${seed}: ${JSON.stringify(counts)}\n`)
    if (faults.length > 0) {
      throw new Error(
        `seed ${seed}: ${faults.length} faults, such as\n${faults.slice(0, 5).join('\n')}`,
      )
    }
    // Or else the generators have come to make nothing but what is refused anyway.
    expect(counts.injected).to.be.greaterThan(CASES / 4)
  })

  it('finds the API server of one mind with the validation of sets', async function () {
    this.timeout(120_000)
    const wrong: string[] = []
    const cases = [
      ...Object.entries(faults).map(([name, [given]]) => ({ name, given, isFault: true })),
      ...Object.entries(oddities).map(([name, given]) => ({ name, given, isFault: false })),
    ].values()
    const work = async (): Promise<void> => {
      for (const { name, given, isFault } of cases) {
        const refusal = await refusalWith(setWith(given))
        if ((refusal !== undefined) !== isFault) wrong.push(`${name}: ${refusal ?? 'taken'}`)
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, work))
    expect(wrong).to.deep.equal([])
  })

  /** What the API server says about a pod with the containers of a set. */
  async function refusalWith(set: SidecarSet): Promise<string | undefined> {
    const pod: Pod = {
      metadata: { name: 'generated', labels: { app: 'shop' } },
      spec: { containers: [{ name: 'app', image: 'app:v1' }] },
    }
    const injectable = withRevision(set)
    const { patch, report } = inject(pod, [injectable], {
      agentImage: 'baton.dev/agent:v0.1.0',
      nowMs: 0,
      namespace: { name: NAMESPACE },
    })
    if (patch.length === 0) return report.skipped[0]?.sentence ?? 'nothing is injected'
    applyPatch(pod, structuredClone([...patch]))
    return refusalOf(pod)
  }
})

/** The sets that validation would have let in, the second beside the first. */
function usable(given: readonly SidecarSet[]): readonly InjectableSet[] {
  const accepted: SidecarSet[] = []
  for (const set of given) {
    const violations = [...validateSidecarSet(set), ...conflictViolations(set, accepted)]
    if (violations.length === 0) accepted.push(set)
  }
  return accepted.map(withRevision)
}

function withRevision(set: SidecarSet): InjectableSet {
  const hash = revisionHash(revisionTemplate(set.spec))
  return { set, hash, revisionName: revisionName(set.metadata.name ?? '', hash) }
}
