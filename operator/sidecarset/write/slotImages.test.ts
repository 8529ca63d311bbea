import { expect } from 'chai'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { applyPatch } from '../../testing/applyPatch.ts'
import { hotProxy, injectedPod } from '../../testing/build.ts'
import { operatorAnnotations } from '../annotationKeys.ts'
import { findContainer } from '../rollout/podStatus.ts'
import { parseSlotImages, rememberImage, resizeBefore } from './slotImages.ts'

const start = Date.parse('2025-01-01T00:00:00Z')
const minute = 60_000

describe('the memory of slot images', () => {
  /** The pod after `image` was patched into proxy-2, with the resize that had to come before. */
  function flip(pod: Pod, image: string, now: number): Pod {
    const resize = resizeBefore(pod, { slot: 'proxy-2', image, now })
    const resized = resize === undefined ? pod : applyPatch(pod, resize)
    const images = rememberImage(parseSlotImages(resized), resized, { slot: 'proxy-2', image, now })
    return applyPatch(resized, {
      metadata: { annotations: { [operatorAnnotations.slotImages]: JSON.stringify(images) } },
      spec: { containers: [{ name: 'proxy-2', image }] },
    })
  }
  const memory = (pod: Pod, slot = 'proxy-2'): string => {
    const { requests, limits } = findContainer(pod, slot)?.container.resources ?? {}
    return `${requests?.['memory'] ?? ''}/${limits?.['memory'] ?? ''}`
  }
  const pod = injectedPod('a', [hotProxy('proxy:1')])

  it('lets a new image in as it is', () => {
    expect(memory(flip(pod, 'proxy:2', start))).to.equal('32Mi/512Mi')
  })
  it('resizes by 1 Mi before an image returns within ten minutes', () => {
    const once = flip(pod, 'proxy:2', start)
    expect(memory(flip(once, 'proxy:1', start + 9 * minute))).to.equal('33Mi/513Mi')
  })
  it('leaves the other slot alone', () => {
    const once = flip(pod, 'proxy:2', start)
    expect(memory(flip(once, 'proxy:1', start + minute), 'proxy-1')).to.equal('32Mi/512Mi')
  })
  it('forgets after ten minutes', () => {
    const once = flip(pod, 'proxy:2', start)
    expect(memory(flip(once, 'proxy:1', start + 10 * minute))).to.equal('32Mi/512Mi')
  })
  it('never gives an image the memory it had lately, and does not grow for ever', () => {
    let current = pod
    const seen = new Map<string, number>()
    for (let step = 0; step < 60; step++) {
      const now = start + step * minute
      const image = `proxy:${step % 2 === 0 ? 2 : 1}`
      current = flip(current, image, now)
      const key = `${image} ${memory(current)}`
      expect(now - (seen.get(key) ?? -Infinity), key).to.be.at.least(10 * minute)
      seen.set(key, now)
      expect(Number.parseInt(memory(current))).to.be.within(32, 43)
    }
  })
  it('does not undo what somebody else resized', () => {
    const resources = { requests: { memory: '256Mi' }, limits: { memory: '1Gi' } }
    const large = { spec: { containers: [{ name: 'proxy-2', resources }] } }
    const once = applyPatch(flip(pod, 'proxy:2', start), large)
    const twice = flip(flip(once, 'proxy:1', start + minute), 'proxy:2', start + 2 * minute)
    expect(memory(flip(twice, 'proxy:1', start + 3 * minute))).to.equal('258Mi/1026Mi')
  })
  it('does not resize again when killed between the resize and the image', () => {
    const once = flip(pod, 'proxy:2', start)
    const now = start + minute
    const resize = resizeBefore(once, { slot: 'proxy-2', image: 'proxy:1', now }) ?? {}
    const between = applyPatch(once, resize)
    expect(resizeBefore(between, { slot: 'proxy-2', image: 'proxy:1', now })).to.equal(undefined)
  })
})
