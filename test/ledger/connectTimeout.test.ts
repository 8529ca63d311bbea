import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { limitFor, runLoad } from './runLoad.ts'

const program = `
  const server = require('node:net').createServer(() => {})
  server.listen({ host: '127.0.0.1', port: 0, backlog: 1 }, () => console.log(server.address().port))
`

describe('a listener whose queue nobody reads', () => {
  it('is a timeout for those in the queue and a connect timeout for those before it', async () => {
    const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] })
    try {
      const [port] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
      child.kill('SIGSTOP')
      const { total } = await runLoad(
        {
          targets: { http: [{ host: '127.0.0.1', port: Number(port) }] },
          lanes: [{ kind: 'short', perSecond: 20 }],
          timeoutMs: limitFor('timeout'),
        },
        (summary) => (summary.total.lostByCause.connectTimeout ?? 0) >= 2,
      )
      expect(total.ok).to.equal(0)
      expect(total.lostByCause.timeout).to.be.within(1, 3)
      expect(Object.keys(total.lostByCause).sort()).to.deep.equal(['connectTimeout', 'timeout'])
    } finally {
      child.kill('SIGKILL')
    }
  })
})
