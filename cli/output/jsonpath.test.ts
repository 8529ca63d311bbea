import { expect } from 'chai'
import { jsonpath } from './jsonpath.ts'

const document = {
  kind: 'Status',
  count: 3,
  labels: { 'app.kubernetes.io/name': 'mesh' },
  items: [
    { name: 'a', phase: 'Settled', tags: ['x', 'y'] },
    { name: 'b', phase: 'Draining', tags: [] },
  ],
}

/** template -> output */
const cases: Readonly<Record<string, string>> = {
  '{.kind}': 'Status',
  '.kind': 'Status',
  '{$.count}': '3',
  'n={.count}!': 'n=3!',
  '{.items[*].name}': 'a b',
  '{.items[0].tags[-1]}': 'y',
  "{.labels['app.kubernetes.io/name']}": 'mesh',
  '{.items[?(@.phase=="Draining")].name}': 'b',
  "{.items[?(@.phase!='Draining')].name}": 'a',
  '{range .items[*]}{.name}{"\\t"}{.phase}{"\\n"}{end}done': 'a\tSettled\nb\tDraining\ndone',
  '{range .missing[*]}{.name}{end}-': '-',
  '{.missing.deeper}': '',
  '{.items[1]}': '{"name":"b","phase":"Draining","tags":[]}',
}

describe('a JSONPath template', () => {
  for (const [template, output] of Object.entries(cases)) {
    it(`${template} gives ${JSON.stringify(output)}`, () => {
      expect(jsonpath(template, document)).to.equal(output)
    })
  }

  for (const template of ['{.items[}', '{range .items[*]}{.name}', '{.a}{end}', '{.a', '{?}']) {
    it(`${template} is refused with the place`, () => {
      expect(() => jsonpath(template, document)).to.throw(/cannot be read/)
    })
  }
})
