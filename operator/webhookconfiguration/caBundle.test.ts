import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { AUTHORITY_SECRET, WEBHOOK_CONFIGURATIONS } from '../../api/installation.ts'
import { createCa } from '../../runtime/certificates/x509.ts'
import {
  MUTATING_WEBHOOK_CONFIGURATIONS,
  SECRETS,
  VALIDATING_WEBHOOK_CONFIGURATIONS,
} from '../../runtime/client/kinds.ts'
import { until } from '../../runtime/testing/until.ts'
import { hotProxy } from '../testing/build.ts'
import type { World } from '../testing/world.ts'
import { startWorld } from '../testing/world.ts'

const secret = { namespace: SYSTEM_NAMESPACE, name: AUTHORITY_SECRET }

/** What the API server is told to trust for each of our webhooks. */
function bundles({ server }: World): readonly string[] {
  const { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } = WEBHOOK_CONFIGURATIONS
  const found = [
    server.get(MUTATING_WEBHOOK_CONFIGURATIONS, { name: MutatingWebhookConfiguration }),
    server.get(VALIDATING_WEBHOOK_CONFIGURATIONS, { name: ValidatingWebhookConfiguration }),
  ]
  return found
    .flatMap((one) => one?.webhooks ?? [])
    .map(({ clientConfig }) => Buffer.from(clientConfig.caBundle ?? '', 'base64').toString())
}

describe('the CA in the webhook configurations', function () {
  this.timeout(120_000)
  let world: World | undefined
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'baton-ca-'))
  })
  afterEach(async () => {
    await world?.stop()
    world = undefined
    rmSync(directory, { recursive: true })
  })
  const write = (ca: string): void => {
    writeFileSync(join(directory, 'ca.crt'), ca)
  }

  it('is our own, in a Secret that goes with the installation', async () => {
    world = await startWorld()
    world.startOperator()
    await until(() => world !== undefined && bundles(world).some((bundle) => bundle !== ''))
    const owners = world.server.get(SECRETS, secret)?.metadata.ownerReferences
    expect(owners?.map(({ name }) => name)).to.deep.equal(['baton-injection'])
  })

  it('is another one’s where that is mounted, for every set from its beginning', async () => {
    world = await startWorld({ certificateDirectory: directory })
    const inWorld = world
    inWorld.startOperator()
    const [first, second] = [
      await createCa('a', Date.now(), 3_600_000),
      await createCa('b', Date.now(), 3_600_000),
    ]
    write(first.certificate)
    await until(() => bundles(inWorld).length >= 2)
    inWorld.putSet({ containers: [hotProxy('proxy:1')] })
    await until(() => bundles(inWorld).length >= 3)
    expect(new Set(bundles(inWorld))).to.deep.equal(new Set([first.certificate]))

    write(second.certificate)
    await until(() => bundles(inWorld).every((bundle) => bundle.startsWith(second.certificate)))
    expect(new Set(bundles(inWorld))).to.deep.equal(
      new Set([second.certificate + first.certificate]),
    )
    expect(inWorld.server.list(SECRETS)).to.deep.equal([])
  })
})
