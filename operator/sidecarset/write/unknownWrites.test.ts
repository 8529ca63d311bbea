import { expect } from 'chai'
import { createManualClock } from '../../../runtime/clock/manualClock.ts'
import type { ManualClock } from '../../../runtime/clock/manualClock.ts'
import type { Client } from '../../../runtime/client/client.ts'
import { PODS } from '../../../runtime/client/kinds.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { createExpectations } from '../../../runtime/controller/expectations.ts'
import { startFakeApiServer } from '../../../runtime/testing/apiserver.ts'
import type { FakeApiServer } from '../../../runtime/testing/apiserver.ts'
import { aPod } from '../../../runtime/testing/build.ts'
import { connect } from '../../../runtime/testing/connect.ts'
import { createPodBackoff } from './podBackoff.ts'
import { createUnknownWrites } from './unknownWrites.ts'
import type { UnknownWrites } from './unknownWrites.ts'

const KEY = 'default/web'

describe('a write whose answer was lost', () => {
  let server: FakeApiServer
  let client: Client
  let clock: ManualClock
  let blocked: () => readonly string[]
  let writes: UnknownWrites
  let pod: Pod
  const never = new AbortController().signal

  beforeEach(async () => {
    server = await startFakeApiServer()
    client = connect(server)
    clock = createManualClock()
    const backoff = createPodBackoff(clock)
    blocked = () => [...backoff.blocked()]
    const pods = client.resource(PODS)
    writes = createUnknownWrites({ pods, written: createExpectations({ clock }), backoff, clock })
    pod = await pods.create(aPod('web'))
    writes.add({ key: KEY, pod }, 'no answer')
  })
  afterEach(async () => {
    await client.transport.close()
    await server.stop()
  })
  const open = (found: Pod | undefined): readonly string[] => [...writes.open(() => found)]

  it('was refused for all one can tell while the pod is as before, and is open for a minute', async () => {
    await writes.settle(never)
    expect(blocked()).to.deep.equal([KEY])
    expect(open(pod)).to.deep.equal([KEY])
    await clock.advance(59_000)
    expect(open(pod)).to.deep.equal([KEY])
    await clock.advance(2_000)
    expect(open(pod)).to.deep.equal([])
  })

  it('is no longer open once the pod has changed, whoever did it, or is gone', async () => {
    await writes.settle(never)
    const labels = { changed: 'yes' }
    const after = await client.resource(PODS).mergePatch(pod.metadata, { metadata: { labels } })
    expect(open(after)).to.deep.equal([])
    writes.add({ key: KEY, pod: after }, 'no answer')
    await writes.settle(never)
    expect(open(undefined)).to.deep.equal([])
  })

  it('was carried out when the pod has changed', async () => {
    await client.resource(PODS).mergePatch(pod.metadata, { metadata: { labels: { a: 'b' } } })
    await writes.settle(never)
    expect(blocked()).to.deep.equal([])
    expect(open(pod)).to.deep.equal([])
  })
})
