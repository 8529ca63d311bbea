import { expect } from 'chai'
import { parseReference } from './reference.ts'

describe('an image name', () => {
  const names: Record<string, ReturnType<typeof parseReference>> = {
    'registry.test:5000/team/envoy:1.38.3': {
      host: 'registry.test:5000',
      repository: 'team/envoy',
      tag: '1.38.3',
    },
    'baton.dev/operator': { host: 'baton.dev', repository: 'operator', tag: 'latest' },
    'localhost/pause:1': { host: 'localhost', repository: 'pause', tag: '1' },
    'team/tool:1': { host: '', repository: 'team/tool', tag: '1' },
    'tool:1': { host: '', repository: 'tool', tag: '1' },
  }
  for (const [name, expected] of Object.entries(names))
    it(`${name} has a host, a repository and a tag`, () => {
      expect(parseReference(name)).to.deep.equal(expected)
    })

  for (const name of ['', 'a@sha256:00', 'a:b:c', 'a:-x'])
    it(`'${name}' is refused`, () => {
      expect(() => parseReference(name)).to.throw(/is not an image name/)
    })
})
