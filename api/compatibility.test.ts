import { expect } from 'chai'
import { parseAgentConfig } from './agentConfig.ts'
import { parseAgentStatus } from './agentStatus.ts'
import { parseDesired } from './desired.ts'

/**
 * What each release wrote into pods, and what its agents answer. A pod keeps its agent for life, so
 * these are never changed: a release whose formats are new adds its own beside them.
 */
const releases = {
  'v0.1.0': {
    desired:
      '{"v":1,"containers":{"proxy":{"handover":"initial","active":"proxy-1","revision":"f11faeef50","image":"envoyproxy/envoy:v1.36.4","minBoot":{"proxy-1":1},"drain":{"timerSeconds":15,"maxSeconds":600,"method":{"envoy":{"adminPort":9901}}},"startDeadlineSeconds":60,"confirmSeconds":0}}}',
    config:
      '{"v":1,"runDir":"/baton/run","podInfoDir":"/baton/podinfo","port":15020,"containers":[{"name":"proxy","slots":["proxy-1","proxy-2"],"privatePorts":[{"port":9901,"slots":{"proxy-1":9901,"proxy-2":9903}}]}]}',
    status:
      '{"v":1,"ready":true,"containers":{"proxy":{"active":"proxy-2","phase":"Draining","handover":{"id":"h-1","from":"proxy-1","to":"proxy-2","revision":"r2","phase":"Draining","reason":"","message":"","startedAt":"2026-01-01T00:00:00.000Z","servingAt":"2026-01-01T00:00:01.000Z","drainStartedAt":"2026-01-01T00:00:01.500Z","listeners":3,"connectionsAtDrain":12,"connectionsLeft":4,"connectionsDrained":8,"connectionsCut":0,"kernel":{"ListenDrops":0}},"slots":{"proxy-1":{"boot":1,"running":true,"listening":[]},"proxy-2":{"boot":2,"running":true,"listening":["tcp 0.0.0.0:10000"]}}}}}',
  },
} as const

/** Of objects with fields; the others are maps from names. */
const startOfObject = /\{("(?:v|handover|timerSeconds|name|port|active|id|boot)":)/g

const readers = { desired: parseDesired, config: parseAgentConfig, status: parseAgentStatus }

for (const [release, written] of Object.entries(releases))
  describe(`what Baton ${release} wrote`, () => {
    for (const [what, text] of Object.entries(written) as [keyof typeof readers, string][]) {
      it(`is read in full: ${what}`, () => {
        expect(readers[what](text)).to.deep.equal(JSON.parse(text))
      })
      it(`may have fields of a later release, which are left out: ${what}`, () => {
        const later = text.replaceAll(startOfObject, '{"ofTomorrow":{"x":[1]},$1')
        expect(later.match(/ofTomorrow/g)).to.have.lengthOf.at.least(3)
        expect(readers[what](later)).to.deep.equal(readers[what](text))
      })
      it(`of another version is refused by name, not misread: ${what}`, () => {
        expect(() => readers[what](text.replace('"v":1', '"v":2'))).to.throw(/v: expected one of 1/)
      })
    }
  })
