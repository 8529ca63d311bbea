import { expect } from 'chai'
import { rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../launcher/testing/until.ts'
import type { ProgramPod } from './testing/programPod.ts'
import { programPod } from './testing/programPod.ts'

const upgrade = { minBoot: { 'proxy-2': 2 } }

describe('a probe by a program in the slot', function () {
  this.timeout(120_000)
  const file = join(tmpdir(), `baton-probe-${process.pid}`)
  let started: ProgramPod | undefined
  beforeEach(() => {
    writeFileSync(file, '')
  })
  afterEach(async () => {
    rmSync(file, { force: true })
    await started?.end()
  })
  const exec = { command: ['test', '-e', file] }

  it('makes the pod ready, and not', async () => {
    const readinessProbe = { exec, periodSeconds: 1, failureThreshold: 1 }
    started = await programPod({ probes: { readinessProbe } })
    const { pod } = started
    await until('it is ready', async () => (await pod.get('/readyz')).status === 200)
    rmSync(file)
    await until('it is not', async () => {
      const { status, body } = await pod.get('/readyz')
      return status !== 200 && body.includes(`test -e ${file}: exit code 1`)
    })
  })

  it('keeps a new version from taking over', async () => {
    started = await programPod({ probes: { healthCheck: { exec, failureThreshold: 1 } } })
    const { pod, command } = started
    rmSync(file)
    await pod.restartSlot('proxy-2', command('v2'))
    await pod.order('sick', 'proxy-2', { ...upgrade, startDeadlineSeconds: 5 })
    const { active, handover } = await pod.reaches('sick', 'Aborted')
    expect(active).to.equal('proxy-1')
    expect(handover?.reason).to.equal('HealthCheckFailed')
    expect(handover?.message).to.contain(`test -e ${file}: exit code 1`)
  })
})
