import { expect } from 'chai'
import { annotations, slotVersionAltAnnotation, slotVersionAnnotation } from '../../../api/group.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { applyPatch } from '../../testing/applyPatch.ts'
import { aRevision, coldLog, injectedPod, selfMigrating } from '../../testing/build.ts'
import type { PlanOptions } from '../../testing/planning.ts'
import { carriedOut, lines, now, plan, startOf, view } from '../../testing/planning.ts'
import type { RolloutPlan } from './plan.ts'

const s1 = [selfMigrating('sidecar:1')]
const s2 = [selfMigrating('sidecar:2')]
const DEADLINE = 600_000

/** The plan for one pod whose set went from s1 to `to`. */
function planOf(pod: Pod, options: PlanOptions = {}): RolloutPlan {
  return plan([pod], { from: s1, to: s2, ...options })
}

function step(pod: Pod, options: PlanOptions = {}): Pod {
  return carriedOut(pod, planOf(pod, options), options.now ?? now)
}

function image(pod: Pod, container: string): string {
  return pod.spec?.containers.find(({ name }) => name === container)?.image ?? ''
}

const images = (pod: Pod): readonly string[] =>
  ['sidecar-1', 'sidecar-2'].map((one) => image(pod, one))

interface Start {
  readonly ready?: boolean
  readonly started?: boolean
  readonly imageID?: string
  /** What the container runtime calls the image. */
  readonly image?: string
}

/** The pod after the kubelet has started the image of the spec in these containers. */
function restarted(pod: Pod, containers: readonly string[], start: Start = {}): Pod {
  const containerStatuses = containers.map((name) => ({
    name,
    ready: start.ready ?? true,
    started: start.started ?? true,
    image: start.image ?? image(pod, name),
    imageID: start.imageID ?? `id-of-${image(pod, name)}`,
    containerID: `containerd://${name}-of-${image(pod, name)}`,
    state: { running: { startedAt: '2025-01-01T01:00:01Z' }, waiting: null },
  }))
  return applyPatch(pod, { status: { containerStatuses } })
}

function waits(pod: Pod, name: string, reason: string, message: string): Pod {
  const state = { waiting: { reason, message }, running: null }
  const containerID = `containerd://${name}-of-${image(pod, name)}`
  return applyPatch(pod, {
    status: { containerStatuses: [{ name, ready: false, containerID, state }] },
  })
}

function versions(pod: Pod): readonly string[] {
  const of = (key: string): string => pod.metadata.annotations?.[key] ?? ''
  return ['sidecar-1', 'sidecar-2'].map(
    (slot) => `${of(slotVersionAnnotation(slot))} after ${of(slotVersionAltAnnotation(slot))}`,
  )
}

const working = (pod: Pod): unknown =>
  JSON.parse(pod.metadata.annotations?.[annotations.workingHotUpgradeContainer] ?? '')

function resultOf(result: RolloutPlan): string {
  const [decision] = result.decisions
  if (decision?.kind !== 'recordResult') return decision?.kind ?? ''
  const { outcome, reason, sentence } = decision.result
  return `${outcome} ${reason}: ${sentence}`
}

const fresh = injectedPod('a', s1)
const moving = step(fresh)
const arrived = restarted(moving, ['sidecar-2'])
const resetting = step(arrived)

describe('an upgrade of a sidecar that migrates by itself', () => {
  it('gives the idle slot the new image and tells both slots their versions', () => {
    expect(images(fresh)).to.deep.equal(['sidecar:1', 'empty:1'])
    expect(versions(fresh)).to.deep.equal(['1 after 0', '0 after 1'])
    expect(images(moving)).to.deep.equal(['sidecar:1', 'sidecar:2'])
    expect(versions(moving)).to.deep.equal(['1 after 2', '2 after 1'])
    expect(working(moving)).to.deep.equal({ sidecar: 'sidecar-2' })
    expect(view(moving).desired).to.equal(undefined)
  })

  it('resets the old slot once the new one is ready', () => {
    expect(lines(planOf(moving))).to.deep.equal(['a: InFlight'])
    expect(lines(planOf(arrived))).to.deep.equal(['a: startReset'])
    expect(images(resetting)).to.deep.equal(['empty:1', 'sidecar:2'])
    // A restart of the new one finds nobody to take over from.
    expect(versions(resetting)).to.deep.equal(['0 after 2', '2 after 0'])
    expect(lines(planOf(resetting))).to.deep.equal(['a: InFlight'])
  })

  it('is over when the old slot is idle, whether or not that calls itself ready', () => {
    const idle = restarted(resetting, ['sidecar-1'], { ready: false })
    expect(resultOf(planOf(idle))).to.equal(
      'settled : sidecar moved from sidecar-1 to sidecar-2 with sidecar:2; sidecar-1 is idle.',
    )
    const done = step(idle)
    expect(lines(planOf(done))).to.deep.equal(['a: UpToDate'])

    // And the other way.
    const to = [selfMigrating('sidecar:3')]
    const next = step(done, { to })
    expect(images(next)).to.deep.equal(['sidecar:3', 'sidecar:2'])
    expect(versions(next)).to.deep.equal(['3 after 2', '2 after 3'])
  })

  it('waits for a slot that has started and is not ready yet', () => {
    for (const start of [{ ready: false }, { started: false }]) {
      expect(lines(planOf(restarted(moving, ['sidecar-2'], start)))).to.deep.equal(['a: InFlight'])
    }
  })

  it('D4: ends in a pod whose app is not ready', () => {
    const sick = injectedPod('a', s1, { ready: false })
    const app = { status: { containerStatuses: [{ name: 'app', ready: false }] } }
    const ready = restarted(applyPatch(step(sick), app), ['sidecar-2'])
    expect(lines(planOf(ready))).to.deep.equal(['a: startReset'])
    expect(lines(planOf(restarted(step(ready), ['sidecar-1'])))).to.deep.equal(['a: recordResult'])
  })

  describe('D7: to another tag of the image that ran in the slot', () => {
    const to = [selfMigrating('empty:again')]
    const tagged = step(fresh, { to })
    const same = { imageID: 'id-of-empty:1' }

    it('ends as soon as the slot is told to run that tag', () => {
      expect(lines(planOf(restarted(tagged, ['sidecar-2'], same), { to }))).to.deep.equal([
        'a: startReset',
      ])
    })
    it('ends a little later when the runtime knows the image by its other name', () => {
      const renamed = restarted(tagged, ['sidecar-2'], { ...same, image: 'empty:1' })
      expect(lines(planOf(renamed, { to }))).to.deep.equal(['a: InFlight'])
      expect(lines(planOf(renamed, { to, now: now + 15_001 }))).to.deep.equal(['a: startReset'])
    })
    it('never takes the container from before for the new one', () => {
      expect(lines(planOf(tagged, { to, now: now + 15_001 }))).to.deep.equal(['a: InFlight'])
    })
  })

  describe('D3: when hotUpgradeEmptyImage changes', () => {
    const to = [selfMigrating('sidecar:1', 'empty:typo')]

    it('writes the revision down and leaves every container alone', () => {
      const after = step(fresh, { to })
      expect(lines(planOf(fresh, { to }))).to.deep.equal(['a: swapBack'])
      expect(after.spec).to.deep.equal(fresh.spec)
      expect(lines(planOf(after, { to }))).to.deep.equal(['a: UpToDate'])
    })
    it('resets to the new one in the next upgrade', () => {
      const both = [selfMigrating('sidecar:2', 'empty:2')]
      const reset = step(restarted(step(fresh, { to: both }), ['sidecar-2']), { to: both })
      expect(images(reset)).to.deep.equal(['empty:2', 'sidecar:2'])
    })
    it('touches no pod when it cannot be pulled', () => {
      const both = [selfMigrating('sidecar:2', 'empty:typo')]
      const result = planOf(fresh, {
        to: both,
        images: (_node, name) =>
          name === 'empty:typo' ? { kind: 'failed', message: 'not found' } : { kind: 'present' },
      })
      expect(lines(result)).to.deep.equal(['a: ImagePullFailed'])
    })
  })

  describe('that fails', () => {
    const crashing = waits(moving, 'sidecar-2', 'CrashLoopBackOff', 'back-off 10s')

    it('D1: makes the new slot idle again and leaves the old one alone', () => {
      expect(resultOf(planOf(crashing))).to.equal(
        'failed MigrationFailed: sidecar stays on sidecar-1: sidecar-2 is not ready with sidecar:2 ' +
          '(CrashLoopBackOff: back-off 10s)',
      )
      const recorded = step(crashing)
      expect(lines(planOf(recorded))).to.deep.equal(['a: revertFailed'])
      const back = step(recorded)
      expect(images(back)).to.deep.equal(['sidecar:1', 'empty:1'])
      expect(versions(back)).to.deep.equal(['1 after 0', '0 after 1'])
      expect(working(back)).to.deep.equal({ sidecar: 'sidecar-1' })
      expect(view(back).entry.hash).to.equal(aRevision(s1).hash)
      expect(lines(planOf(back))).to.deep.equal(['a: UpToDate'])
      expect(lines(planOf(back, { strategy: { onFailure: 'Pause' } }))).to.deep.equal([
        'a: FailedBefore',
      ])
    })
    it('is known by a pull that fails again and again', () => {
      const pull = waits(moving, 'sidecar-2', 'ImagePullBackOff', 'Back-off pulling "sidecar:2"')
      expect(resultOf(planOf(pull))).to.contain('failed MigrationFailed')
    })
    it('is not taken for what the status says of the image before', () => {
      const before = applyPatch(moving, {
        status: {
          containerStatuses: [
            {
              name: 'sidecar-2',
              ready: false,
              state: { waiting: { reason: 'CrashLoopBackOff' }, running: null },
            },
          ],
        },
      })
      expect(lines(planOf(before))).to.deep.equal(['a: InFlight'])
      const pull = waits(moving, 'sidecar-2', 'ImagePullBackOff', 'Back-off pulling "empty:typo"')
      expect(lines(planOf(pull))).to.deep.equal(['a: InFlight'])
    })
    it('D5: is over at the deadline, in each step', () => {
      const late = { now: now + DEADLINE + 1 }
      expect(resultOf(planOf(moving, late))).to.match(
        /^failed MigrationDeadlineExceeded: .* after 600 s$/,
      )
      expect(resultOf(planOf(resetting, late))).to.equal(
        'failed ResetDeadlineExceeded: sidecar-1 does not run empty:1 (it runs) after 600 s',
      )
    })
    it('keeps the sidecar that has moved when the old slot cannot be reset', () => {
      const to = [selfMigrating('sidecar:2', 'empty:typo')]
      const reset = step(restarted(step(fresh, { to }), ['sidecar-2']), { to })
      const stuck = waits(reset, 'sidecar-1', 'ImagePullBackOff', 'Back-off pulling "empty:typo"')
      expect(resultOf(planOf(stuck, { to }))).to.contain('failed ResetFailed')
      const back = step(step(stuck, { to }), { to })
      // The empty image that is known to run in this pod.
      expect(images(back)).to.deep.equal(['empty:1', 'sidecar:2'])
      expect(working(back)).to.deep.equal({ sidecar: 'sidecar-2' })
      const result = planOf(back, { to })
      expect(result.summary).to.include({
        failed: 1,
        stopped: true,
        rollback: true,
        complete: false,
      })
      // Rolling the set back is a migration like any other.
      expect(lines(result)).to.deep.equal(['a: startUpgrade'])
      expect(startOf(result).steps[0]).to.include({
        kind: 'migrate',
        from: 'sidecar-2',
        to: 'sidecar-1',
      })
    })
  })

  describe('D2: when in mid-upgrade', () => {
    for (const [what, options] of Object.entries<PlanOptions>({
      'the rollout is paused': { strategy: { paused: true } },
      'the type becomes NotUpdate': { strategy: { type: 'NotUpdate' } },
      'the partition keeps every pod': { strategy: { partition: '100%' } },
    })) {
      it(`${what}, goes on to its end`, () => {
        expect(lines(planOf(arrived, options))).to.deep.equal(['a: startReset'])
        const idle = restarted(step(arrived, options), ['sidecar-1'])
        expect(lines(planOf(idle, options))).to.deep.equal(['a: recordResult'])
        expect(images(idle)).to.deep.equal(['empty:1', 'sidecar:2'])
      })
    }
    it('the selector changes, goes on to its end and is left alone then', () => {
      const left = (pod: Pod): RolloutPlan => plan([], { leaving: [pod], from: s1, to: s2 })
      const reset = carriedOut(arrived, left(arrived))
      const idle = restarted(reset, ['sidecar-1'])
      expect(images(idle)).to.deep.equal(['empty:1', 'sidecar:2'])
      const done = carriedOut(idle, left(idle))
      expect(lines(left(done))).to.deep.equal([])
      expect(lines(left(fresh))).to.deep.equal([])
      expect(left(moving).summary).to.include({ matched: 0, updated: 0 })
    })
    it('the old image is wanted again, makes the new slot idle at once', () => {
      const options = { to: s1 }
      expect(lines(planOf(arrived, options))).to.deep.equal(['a: startUpgrade'])
      const back = step(arrived, options)
      expect(images(back)).to.deep.equal(['sidecar:1', 'empty:1'])
      expect(versions(back)).to.deep.equal(['1 after 0', '0 after 1'])
      expect(lines(planOf(back, options))).to.deep.equal(['a: InFlight'])
      const idle = restarted(back, ['sidecar-2'])
      expect(resultOf(planOf(idle, options))).to.equal(
        'settled : sidecar serves from sidecar-1 with sidecar:1 as before; sidecar-2 is idle again.',
      )
      expect(lines(planOf(step(idle, options), options))).to.deep.equal(['a: UpToDate'])
    })
    it('the old image is wanted again after the reset has begun, arrives first', () => {
      expect(lines(planOf(resetting, { to: s1 }))).to.deep.equal(['a: InFlight'])
    })
    it('a third image is wanted, arrives first', () => {
      const to = [selfMigrating('sidecar:3')]
      expect(lines(planOf(moving, { to }))).to.deep.equal(['a: InFlight'])
    })
  })

  describe('D12: with cold containers', () => {
    const mixed1 = [selfMigrating('sidecar:1'), coldLog('log:1')]
    const mixed2 = [selfMigrating('sidecar:2'), coldLog('log:2')]
    const options = { from: mixed1, to: mixed2 }
    const pod = step(injectedPod('a', mixed1), options)

    it('restarts these when the old slot is idle, and not before', () => {
      expect(image(pod, 'log')).to.equal('log:1')
      const reset = step(restarted(pod, ['sidecar-2']), options)
      expect(image(reset, 'log')).to.equal('log:1')
      const cold = step(restarted(reset, ['sidecar-1']), options)
      expect([...images(cold), image(cold, 'log')]).to.deep.equal(['empty:1', 'sidecar:2', 'log:2'])
      expect(lines(planOf(restarted(cold, ['log']), options))).to.deep.equal(['a: recordResult'])
    })
    it('migrates back as well when these fail', () => {
      const reset = step(restarted(pod, ['sidecar-2']), options)
      const cold = step(restarted(reset, ['sidecar-1']), options)
      const late = { ...options, now: now + DEADLINE + 1 }
      const failed = step(step(cold, late), late)
      expect(image(failed, 'log')).to.equal('log:1')
      expect(startOf(planOf(failed, late)).steps.map(({ kind }) => kind)).to.deep.equal([
        'migrate',
        'keep',
      ])
    })
  })

  it('gives a slot that never started the image at once', () => {
    const pending = injectedPod('a', s1, { started: false, phase: 'Pending', ready: false })
    const after = step(pending)
    expect(images(after)).to.deep.equal(['sidecar:2', 'empty:1'])
    expect(lines(planOf(after))).to.deep.equal(['a: UpToDate'])
  })

  it('is impossible where the idle slot has the image already', () => {
    const odd = applyPatch(fresh, {
      spec: { containers: [{ name: 'sidecar-2', image: 'sidecar:2' }] },
    })
    const [decision] = planOf(odd).decisions
    expect(decision).to.include({ kind: 'none', reason: 'NotUpgradableInPlace' })
    expect(decision).to.have.property('sentence').that.contains('nothing would start there')
  })
})
