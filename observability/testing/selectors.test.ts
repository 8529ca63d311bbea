import { expect } from 'chai'
import { askedBy } from './selectors.ts'

describe('what an expression asks for', () => {
  it('is metrics with their labels, and labels it groups by', () => {
    const expr =
      'sum by (le, a) (rate(x_bucket{job="b",code!="200"}[5m])) / 2 > bool 0.01 and on (c) max(y == 1)'
    expect(askedBy(expr)).to.deep.equal({
      selectors: [
        {
          metric: 'x_bucket',
          matchers: [
            { label: 'job', values: ['b'] },
            { label: 'code', values: ['200'] },
          ],
        },
        { metric: 'y', matchers: [] },
      ],
      labels: ['le', 'a', 'c'],
    })
  })

  it('knows each word of an alternative, and no word of another pattern', () => {
    expect(askedBy('x{a=~"b|c",d!~"e",f=~".*",g="/h"}').selectors).to.deep.equal([
      {
        metric: 'x',
        matchers: [
          { label: 'a', values: ['b', 'c'] },
          { label: 'd', values: ['e'] },
          { label: 'f', values: [] },
          { label: 'g', values: ['/h'] },
        ],
      },
    ])
  })

  it('is nothing for what has no metric', () => {
    expect(askedBy('time() - 3')).to.deep.equal({ selectors: [], labels: [] })
  })
})
