import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { METRICS_PAGE } from './generate.ts'
import { measured } from './measured.ts'
import { metricsPage } from './page.ts'
import { parseExposition } from './parseExposition.ts'

describe('the reference of metrics', () => {
  const all = measured()
  const families = Object.values(all).flat()

  it('is current: run node observability/reference/generate.ts', () => {
    expect(readFileSync(METRICS_PAGE, 'utf8')).to.equal(metricsPage(all))
  })

  for (const { name, type, help, labels } of families)
    it(`${name} is named as Prometheus wants it, and says what it is`, () => {
      expect(name).to.match(/^[a-z]+(_[a-z0-9]+)+$/)
      expect(name.endsWith('_total')).to.equal(type === 'counter')
      // Base units: no milliseconds, no megabytes.
      expect(name).not.to.match(/milli|micro|minutes|hours|kilo|mega/)
      expect(help).to.match(/^[A-Z0-9].*\.$/)
      // What a scrape adds itself.
      expect(labels).not.to.include.members(['job'])
      expect(labels).not.to.include.members(['instance'])
    })

  it('has no family twice in a program', () => {
    for (const list of Object.values(all)) {
      const names = list.map(({ name }) => name)
      expect(new Set(names).size).to.equal(names.length)
    }
  })

  it('reads families from what is scraped, histograms as one', () => {
    const text = [
      '# HELP a_total Some.',
      '# TYPE a_total counter',
      'a_total{x="1, y=\\"2\\"",z="3"} 0',
      '# HELP b_seconds More.',
      '# TYPE b_seconds histogram',
      'b_seconds_bucket{x="1",le="+Inf"} 0',
      'b_seconds_sum{x="1"} 0',
      'b_seconds_count{x="1"} 0',
      '',
    ].join('\n')
    expect(parseExposition(text)).to.deep.equal([
      { name: 'a_total', type: 'counter', help: 'Some.', labels: ['x', 'z'] },
      { name: 'b_seconds', type: 'histogram', help: 'More.', labels: ['x'] },
    ])
  })

  it('refuses a family without a sample', () => {
    expect(() => parseExposition('# HELP a_total Some.\n# TYPE a_total counter\n')).to.throw(
      'the metric a_total has no sample',
    )
  })
})
