import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { controlStatus, listHeld } from './testing/control.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import { freePort } from './testing/ports.ts'
import { until } from './testing/until.ts'

/** Binds a socket after `before`, then prints what `tell` gives, and stays. */
const program = (host: string, port: number, before: string, tell: string): readonly string[] => [
  '/usr/bin/python3',
  '-c',
  `
import fcntl, os, socket, time
s = socket.socket(socket.AF_INET6 if ':' in '${host}' else socket.AF_INET)
def get(level, name):
    return s.getsockopt(getattr(socket, level), name)
${before}
s.bind(('${host}', ${port}))
s.listen(64)
print('told', ${tell}, flush=True)
time.sleep(1000)
`,
]

const FREEBIND = 15
const flags = 'bool(fcntl.fcntl(s, fcntl.F_GETFL) & os.O_NONBLOCK), s.get_inheritable()'

interface Case {
  readonly name: string
  readonly host?: string
  readonly before?: string
  readonly tell: string
  readonly told: string
  readonly isPrivate?: boolean
}

const cases: readonly Case[] = [
  {
    name: 'a held listener never has SO_REUSEPORT, whatever the program asked for',
    before: 's.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)',
    tell: "get('SOL_SOCKET', socket.SO_REUSEPORT)",
    told: '0',
  },
  {
    name: 'a held listener is non-blocking, and closed on exec as its descriptor was',
    tell: flags,
    told: 'True False',
  },
  {
    name: 'a descriptor that was to survive exec still does',
    before: 's.set_inheritable(True)',
    tell: flags,
    told: 'True True',
  },
  { name: 'a private port stays blocking', tell: flags, told: 'False False', isPrivate: true },
  {
    name: 'a private port stays non-blocking',
    before: 's.setblocking(False)',
    tell: flags,
    told: 'True False',
    isPrivate: true,
  },
  {
    name: 'an address that is not there yet can be bound with IP_FREEBIND',
    host: '192.0.2.1',
    before: `s.setsockopt(socket.IPPROTO_IP, ${FREEBIND}, 1)`,
    tell: `get('IPPROTO_IP', ${FREEBIND})`,
    told: '1',
  },
  {
    name: 'IPV6_V6ONLY is kept',
    host: '::',
    before: 's.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)',
    tell: "get('IPPROTO_IPV6', socket.IPV6_V6ONLY)",
    told: '1',
  },
  {
    name: 'the last value of an option counts',
    host: '::',
    before: 'for v in (1, 0): s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v)',
    tell: "get('IPPROTO_IPV6', socket.IPV6_V6ONLY)",
    told: '0',
  },
  {
    name: 'TCP_DEFER_ACCEPT and TCP_FASTOPEN are kept',
    before: `
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 3)
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_FASTOPEN, 7)`,
    tell: "get('IPPROTO_TCP', socket.TCP_DEFER_ACCEPT), get('IPPROTO_TCP', socket.TCP_FASTOPEN)",
    told: '3 7',
  },
]

describe('options of listeners', () => {
  let pod: TestPod

  beforeEach(async () => {
    pod = await createPod()
    await pod.keeper()
  })
  afterEach(() => pod.end())

  for (const { name, host = '127.0.0.1', before = '', tell, told, isPrivate = false } of cases) {
    it(name, async () => {
      const port = await freePort()
      const other = await freePort()
      const privatePorts: Record<number, number> = isPrivate ? { [port]: other } : {}
      const command = program(host, port, before, tell)
      // Once made by the launcher, once adopted from the first slot.
      for (const slot of isPrivate ? ['proxy-1'] : ['proxy-1', 'proxy-2']) {
        const started = await pod.slot(slot, command, { privatePorts })
        await controlStatus(started.socketPath, 'start')
        const line = await until('it tells', () =>
          started.output.find((one) => one.startsWith('told')),
        )
        expect(line).to.equal(`told ${told}`)
        expect(await listHeld(started.socketPath)).to.have.length(isPrivate ? 0 : 1)
      }
    })
  }
})
