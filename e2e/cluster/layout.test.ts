import { expect } from 'chai'
import { layoutOf } from './layout.ts'

describe('the files of a cluster', () => {
  for (const name of ['a', 'default', 'test-42', 'x'.repeat(40)]) {
    it(`are below one folder for the name '${name}'`, () => {
      const { directory, ...rest } = layoutOf('/home/me/.cache/baton', name)
      const paths = Object.entries(rest).filter(([key]) => key !== 'name')
      expect(directory).to.equal(`/home/me/.cache/baton/clusters/${name}`)
      for (const [key, path] of paths) expect(path, key).to.match(new RegExp(`^${directory}/`))
    })
  }

  for (const name of ['', '-', 'a-', 'Big', '../up', 'a.b', 'x'.repeat(41)]) {
    it(`do not exist for the name '${name}'`, () => {
      expect(() => layoutOf('/cache', name)).to.throw(/cannot be the name of a cluster/)
    })
  }

  for (const cache of ['/run', '/run/baton', '/var/lib/baton', '/var/log/x']) {
    it(`cannot lie in ${cache}, which the node does not see`, () => {
      expect(() => layoutOf(cache, 'a')).to.throw(/set BATON_CACHE to another folder/)
    })
  }

  it('may lie beside a hidden folder of a similar name', () => {
    expect(layoutOf('/var/library', 'a').directory).to.equal('/var/library/clusters/a')
  })
})
