import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { generatedReferences } from './reference.ts'

for (const { file, text } of generatedReferences()) {
  describe(`the reference in ${file.pathname.split('/').at(-1) ?? ''}`, () => {
    it('is current: run node crds/reference.ts', () => {
      expect(readFileSync(file, 'utf8')).to.equal(text)
    })

    it('describes every field', () => {
      const silent = text.split('\n').filter((line) => /^\| `.*\| +\|$/.test(line))
      expect(silent).to.deep.equal([])
    })
  })
}

describe('the reference', () => {
  const [set = '', interception = '', gateway = ''] = generatedReferences().map(({ text }) => text)

  it('has a section for what is nested, lists included', () => {
    expect(set).to.include('## spec.containers[].upgradeStrategy.handover.drain\n')
    expect(set).to.include('## spec.updateStrategy\n')
    expect(interception).to.include('## spec.hooks.offline.dubboQos\n')
    expect(gateway).to.include('## spec.proxy.upgradeStrategy.handover.drain\n')
    expect(gateway).to.include('## spec.service.ports[]\n')
  })

  it('says of containers alone that core fields are passed on', () => {
    expect(set).to.include('Fields of core containers')
    expect(gateway).to.include('Fields of core containers')
    expect(interception).not.to.include('core containers')
  })
})
