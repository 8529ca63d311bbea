import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { controlStatus, untilStatus } from './testing/control.ts'
import type { SlotStatus } from './testing/control.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import type { StartedSlot } from './testing/slot.ts'
import { until } from './testing/until.ts'

/** Every exit_group(2) under the filter waits for the launcher: none may fail, hang or change by that. */
describe('exits of what a slot runs', () => {
  let pod: TestPod
  let slot: StartedSlot
  let go: string

  beforeEach(async () => {
    pod = await createPod()
    await pod.keeper()
    go = join(pod.runDir, 'go')
  })
  afterEach(() => pod.end())

  async function run(...command: readonly string[]): Promise<void> {
    slot = await pod.slot('proxy-1', command, { env: { GO: go } })
    await controlStatus(slot.socketPath, 'start')
  }

  async function exit(): Promise<SlotStatus['lastExit']> {
    const ended = (now: SlotStatus): boolean => now.lastExit !== null
    return (await untilStatus(slot.socketPath, 'it ended', ended)).lastExit
  }

  it('keep their code', async () => {
    await run('/bin/sh', '-c', 'exit 7')
    expect(await exit()).to.deep.equal({ code: 7, signal: 0, connections: 0, atStop: null })
  })

  it('of a program that cannot be executed are told', async () => {
    await run('/no/such/program')
    expect(await exit()).to.deep.include({ code: 127, signal: 0 })
  })

  it('of many processes at a time all come to their end', async () => {
    // Each is forked, and exits with its own code, which its parent checks.
    const script = `import os, sys
pids = []
for i in range(200):
    pid = os.fork()
    if pid == 0:
        os._exit(i % 50)
    pids.append(pid)
wrong = [i for i, pid in enumerate(pids) if os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != i % 50]
sys.exit(9 if wrong else 4)`
    await run('/usr/bin/python3', '-c', script)
    expect(await exit()).to.deep.include({ code: 4 })
  })

  it('of helpers started with vfork, one after the other, keep their code', async () => {
    const script = `import os, subprocess, sys
codes = {subprocess.call(['/bin/sh', '-c', 'exit 3'], close_fds=False) for _ in range(50)}
try:
    subprocess.call(['/no/such/program'])
except FileNotFoundError:
    sys.exit(5 if codes == {3} else 9)`
    await run('/usr/bin/python3', '-c', script)
    expect(await exit()).to.deep.include({ code: 5 })
  })

  it('of several threads at the same moment are one', async () => {
    const script = `import os, threading
barrier = threading.Barrier(8)
def leave():
    barrier.wait()
    os._exit(6)
for _ in range(8): threading.Thread(target=leave).start()`
    await run('/usr/bin/python3', '-c', script)
    expect(await exit()).to.deep.include({ code: 6 })
  })

  it('wait for a launcher that stands still, and go on with it', async () => {
    await run('/bin/sh', '-c', 'echo pid $$; while ! [ -e "$GO" ]; do sleep 0.01; done; exit 8')
    const line = await until('it is up', () => slot.output.find((one) => one.startsWith('pid ')))
    slot.kill('SIGSTOP')
    await writeFile(go, '')
    const stack = `/proc/${line.slice('pid '.length)}/syscall`
    const exitGroup = process.arch === 'arm64' ? '94 ' : '231 '
    await until('a process waits in exit_group(2)', async () => {
      const now = await readFile(stack, 'utf8')
      // It is its last sleep(1) that waits, or itself.
      return now.startsWith(exitGroup) || now.startsWith('61 ') || now.startsWith('260 ')
    })
    slot.kill('SIGCONT')
    expect(await exit()).to.deep.include({ code: 8 })
  })

  it('of a process that outlives the child and its group are clean', async () => {
    // Of several threads, so that an exit_group(2) that failed would leave the others.
    const leave = `import os, threading, time
threading.Thread(target=time.sleep, args=(1000,)).start()
while not os.path.exists(os.environ['GO']): time.sleep(0.01)
os._exit(3)`
    const daemon = `import os, subprocess, sys, time
if os.fork() == 0:
    os.setsid()
    print('daemon up', os.getpid(), flush=True)
    print('daemon', subprocess.call([sys.executable, '-c', '''${leave}''']), flush=True)
    os._exit(0)
time.sleep(1000)`
    await run('/usr/bin/python3', '-c', daemon)
    const up = (): string | undefined =>
      slot.output.find((line) => line.startsWith('daemon up '))?.split(' ')[2]
    const pid = await until('it is up', up)
    await controlStatus(slot.socketPath, 'stop')
    expect(await exit()).to.deep.include({ signal: 15 })
    await writeFile(go, '')
    await until('it tells of a clean exit', () => slot.output.includes('daemon 3'))
    // Its own exit waits for the launcher too, which must not be killed before.
    await until('it has gone', () => !existsSync(`/proc/${pid}`))
  })

  it('are over when the launcher is killed', async () => {
    await run('/bin/sh', '-c', 'echo pid $$; exec sleep 1000')
    const line = await until('it tells its pid', () =>
      slot.output.find((one) => one.startsWith('pid ')),
    )
    await slot.end()
    await until('it is gone', () => {
      try {
        return !process.kill(Number(line.slice('pid '.length)), 0)
      } catch {
        return true
      }
    })
  })
})
