import { expect } from 'chai'
import { POD_CONDITION } from '../../../api/group.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { applyPatch } from '../../testing/applyPatch.ts'
import { aRevision, coldLog, hotProxy, injectedPod } from '../../testing/build.ts'
import { containerSteps } from '../rollout/containerSteps.ts'
import { viewPod } from '../rollout/podView.ts'
import type { PodView } from '../rollout/podView.ts'
import type { RecordedResult } from '../rollout/recordedResult.ts'
import { resultPatch } from './resultPatch.ts'
import { upgradeWrite } from './upgradePatch.ts'

const now = Date.parse('2025-01-01T01:00:00Z')

function view(pod: Pod): PodView {
  const found = viewPod(pod, 'mesh')
  if (found === undefined) throw new Error('not injected')
  return found
}

function upgraded(
  pod: Pod,
  containers: Parameters<typeof aRevision>[0],
): { pod: Pod; patch: object } {
  const target = aRevision(containers, 2)
  const steps = containerSteps(view(pod), target.template)
  const { patch } = upgradeWrite({ view: view(pod), set: 'mesh', target, steps, now })
  return { pod: applyPatch(pod, patch), patch }
}

describe('the patch of a pod', () => {
  const pod = injectedPod('a', [hotProxy('proxy:1'), coldLog('log:1')], {
    annotations: {
      'baton.dev/sidecarset-working-hotupgrade-container': '{"proxy":"proxy-1","other":"other-2"}',
      'version.sidecarset.baton.dev/proxy-1': '1',
      'version.sidecarset.baton.dev/proxy-2': '0',
    },
  })
  const to = [hotProxy('proxy:2'), coldLog('log:1')]

  it('changes one image and annotations, for the very version it was planned for', () => {
    const { patch } = upgraded(pod, to)
    expect(patch).to.have.nested.property('metadata.resourceVersion', '1')
    expect(patch)
      .to.have.property('spec')
      .that.deep.equals({ containers: [{ name: 'proxy-2', image: 'proxy:2' }] })
  })
  it('carries what OpenKruise writes down about an upgrade', () => {
    const { annotations = {} } = upgraded(pod, to).pod.metadata
    expect(JSON.parse(annotations['baton.dev/sidecarset-hash'] ?? '')).to.deep.equal({
      mesh: {
        updateTimestamp: '2025-01-01T01:00:00.000Z',
        hash: aRevision(to).hash,
        sidecarSetName: 'mesh',
        sidecarList: ['proxy', 'log'],
        controllerRevision: aRevision(to).name,
      },
    })
    expect(
      JSON.parse(annotations['baton.dev/sidecarset-working-hotupgrade-container'] ?? ''),
    ).to.deep.equal({ proxy: 'proxy-2', other: 'other-2' })
    expect(annotations).to.include({
      'version.sidecarset.baton.dev/proxy-1': '1',
      'version.sidecarset.baton.dev/proxy-2': '2',
      'versionalt.sidecarset.baton.dev/proxy-1': '2',
      'versionalt.sidecarset.baton.dev/proxy-2': '1',
    })
  })
  it('gives each wanted switch an id of its own', () => {
    const first = upgraded(pod, to).pod
    const second = upgraded(first, [hotProxy('proxy:1'), coldLog('log:1')]).pod
    const ids = [first, second].map((one) => view(one).desired?.containers['proxy']?.handover)
    expect(ids).to.deep.equal([`${aRevision(to).hash}-1`, `${view(second).entry.hash}-2`])
  })
  it('brings the annotations that the new revision gives pods, as its policy says', () => {
    const target = aRevision(to, 2)
    const template = {
      ...target.template,
      patchPodMetadata: [
        { annotations: { zone: 'north', tier: 'web' } },
        { annotations: { level: '2' }, patchPolicy: 'Overwrite' as const },
      ],
    }
    const labelled = applyPatch(pod, { metadata: { annotations: { tier: 'db', level: '1' } } })
    const { patch } = upgradeWrite({
      view: view(labelled),
      set: 'mesh',
      target: { ...target, template },
      steps: containerSteps(view(labelled), template),
      now,
    })
    const { annotations } = applyPatch(labelled, patch).metadata
    expect(annotations).to.include({ zone: 'north', tier: 'db', level: '2' })
  })
  it('keeps what other sets have in the annotations', () => {
    const other = { hash: 'h', sidecarSetName: 'other', sidecarList: [], updateTimestamp: 't' }
    const record = JSON.parse(
      pod.metadata.annotations?.['baton.dev/sidecarset-hash'] ?? '',
    ) as object
    const shared = applyPatch(pod, {
      metadata: {
        annotations: { 'baton.dev/sidecarset-hash': JSON.stringify({ ...record, other }) },
      },
    })
    const after = upgraded(shared, to).pod.metadata.annotations?.['baton.dev/sidecarset-hash']
    expect(JSON.parse(after ?? ''))
      .to.have.property('other')
      .that.deep.equals(other)
  })
})

describe('the patch of a result', () => {
  const result: RecordedResult = { id: 'abc-1', outcome: 'settled', reason: '', sentence: 'done' }
  const condition = (pod: Pod) => pod.status?.conditions?.find((one) => one.type === POD_CONDITION)

  it('leaves other conditions alone', () => {
    const pod = injectedPod('a', [hotProxy('proxy:1')])
    const after = applyPatch(pod, resultPatch(view(pod), 'mesh', result, now))
    expect(after.status?.conditions?.map((one) => one.type)).to.deep.equal(['Ready', POD_CONDITION])
    expect(condition(after)).to.include({ status: 'True', reason: 'Settled' })
  })
  it('is False with the reason of a failure', () => {
    const pod = injectedPod('a', [hotProxy('proxy:1')])
    const failed: RecordedResult = { ...result, outcome: 'failed', reason: 'ProxyExited' }
    const after = applyPatch(pod, resultPatch(view(pod), 'mesh', failed, now))
    expect(condition(after)).to.include({ status: 'False', reason: 'ProxyExited' })
  })
  it('keeps the result of another set, guarded by the version of the pod', () => {
    const state = {
      revision: 'r',
      number: 1,
      updateTimestamp: 't',
      id: 'other-7',
      step: 'hot',
      hot: [],
      lastContainerStatuses: {},
      from: { revision: 'q', slots: {}, images: {} },
    }
    const pod = injectedPod('a', [hotProxy('proxy:1')], {
      annotations: {
        'baton.dev/sidecarset-inplace-update-state': JSON.stringify({ other: state }),
      },
      result: 'handover other-7: failed (ProxyExited). gone\nhandover old-1: settled. long ago',
    })
    const patch = resultPatch(view(pod), 'mesh', result, now)
    expect(patch).to.have.nested.property('metadata.resourceVersion', '1')
    expect(condition(applyPatch(pod, patch))).to.include({
      status: 'False',
      message: 'handover abc-1: settled. done\nhandover other-7: failed (ProxyExited). gone',
    })
  })
})
