import { startFakeApiServer } from './apiserver.ts'
import { describeConformance } from './conformance.ts'
import { connect } from './connect.ts'

describeConformance('the fake', async () => {
  const server = await startFakeApiServer()
  const client = connect(server)
  return {
    client,
    namespace: 'conformance',
    stop: async () => {
      await client.transport.close()
      await server.stop()
    },
  }
})
