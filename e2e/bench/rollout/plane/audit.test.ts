import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { perPod } from '../measure.ts'
import { countWrites, endOfLog } from './audit.ts'

function line(username: string, verb: string, objectRef: object): string {
  return `${JSON.stringify({ verb, user: { username }, objectRef })}\n`
}

describe('the audit log', () => {
  let directory = ''
  let log = ''
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'baton-audit-'))
    log = join(directory, 'audit.log')
    writeFileSync(log, line('operator', 'patch', { resource: 'pods', namespace: 'bench' }))
  })
  afterEach(() => {
    rmSync(directory, { recursive: true })
  })

  it('tells what one user has written since some moment, by pod and by kind', async () => {
    const from = await endOfLog(log)
    const pod = { resource: 'pods', namespace: 'bench' }
    const added = [
      line('operator', 'patch', pod),
      line('operator', 'patch', { ...pod, subresource: 'status' }),
      line('operator', 'create', { resource: 'events', namespace: 'bench' }),
      line('operator', 'create', { resource: 'pods', namespace: 'system' }),
      line('kubelet', 'patch', { ...pod, subresource: 'status' }),
    ]
    writeFileSync(log, added.join(''), { flag: 'a' })
    const counts = await countWrites(log, { user: 'operator', from, podNamespace: 'bench' })
    expect(perPod(counts, 1)).to.deep.equal({
      pods: { 'patch pods': 1, 'patch pods/status': 1 },
      events: 1,
      other: 1,
    })
  })
})
