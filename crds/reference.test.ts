import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { generatedReference } from './reference.ts'

describe('the reference of the SidecarSet', () => {
  const { file, text } = generatedReference()

  it('is current: run node crds/reference.ts', () => {
    expect(readFileSync(file, 'utf8')).to.equal(text)
  })

  it('describes every field', () => {
    const silent = text.split('\n').filter((line) => /^\| `.*\| +\|$/.test(line))
    expect(silent).to.deep.equal([])
  })

  it('has a section for what is nested, lists included', () => {
    expect(text).to.include('## spec.containers[].upgradeStrategy.handover.drain\n')
    expect(text).to.include('## spec.updateStrategy\n')
  })
})
