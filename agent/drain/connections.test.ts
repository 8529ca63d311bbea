import { expect } from 'chai'
import type { Connections } from './connections.ts'
import { fitted } from './connections.ts'

type Known = Parameters<typeof fitted>[1]

const cases: Readonly<Record<string, readonly [number | null, Known, Connections | null]>> = {
  'are not known when nobody tells': [null, null, null],
  'are the total when the proxy tells nothing': [3, null, { total: 3, byProtocol: {} }],
  'are those of the proxy when the launcher cannot tell': [
    null,
    { http1: 2, tcp: 1, http2: 0 },
    { total: 3, byProtocol: { http1: 2, tcp: 1 } },
  ],
  'are split as the proxy says': [
    3,
    { http1: 2, tcp: 1 },
    { total: 3, byProtocol: { http1: 2, tcp: 1 } },
  ],
  'are partly unknown when the proxy tells fewer': [
    5,
    { http1: 2 },
    { total: 5, byProtocol: { http1: 2, unknown: 3 } },
  ],
  'are no more than the total when the proxy tells more': [
    3,
    { tcp: 1, http1: 4 },
    { total: 3, byProtocol: { http1: 2, tcp: 1 } },
  ],
  'are none when the proxy still tells some': [
    0,
    { http1: 2, tcp: 1 },
    { total: 0, byProtocol: {} },
  ],
  'have HTTP/3 beside what the kernel counts': [
    2,
    { http1: 2, http3: 4 },
    { total: 6, byProtocol: { http1: 2, http3: 4 } },
  ],
}

describe('open connections', () => {
  for (const [name, [total, known, expected]] of Object.entries(cases)) {
    it(name, () => {
      expect(fitted(total, known)).to.deep.equal(expected)
    })
  }
})
