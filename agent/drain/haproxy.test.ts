import { expect } from 'chai'
import { byMode } from './haproxy.ts'

const csv = `# pxname,svname,qcur,scur,smax,status,mode,
web,FRONTEND,,3,7,STOP,http,
api,FRONTEND,,2,2,STOP,http,
raw,FRONTEND,,1,1,STOP,tcp,

`

describe("a HAProxy's connections", () => {
  it('are those of its frontends, by their mode', () => {
    expect(byMode(csv)).to.deep.equal({ http: 5, tcp: 1 })
  })

  it('are none when it has no frontend', () => {
    expect(byMode('# pxname,svname,scur,mode,\n')).to.deep.equal({})
  })

  it('are not guessed from an answer that is none', () => {
    expect(() => byMode('Permission denied\n')).to.throw("'show stat': unexpected answer")
  })
})
