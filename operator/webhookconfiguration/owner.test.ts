import { expect } from 'chai'
import type { MutatingWebhookConfiguration } from '../../runtime/client/kinds.ts'
import { installationOwner, isPublished } from './owner.ts'

type Webhook = NonNullable<MutatingWebhookConfiguration['webhooks']>[number]

const cacheOf = (configuration?: Partial<MutatingWebhookConfiguration>) => ({
  get: (name: string) =>
    configuration === undefined ? undefined : { metadata: { name, uid: 'u' }, ...configuration },
})
const trusting = (...bundle: readonly string[]): Webhook => ({
  name: 'a',
  sideEffects: 'None',
  admissionReviewVersions: ['v1'],
  clientConfig: { caBundle: Buffer.from(bundle.join('')).toString('base64') },
})

describe('what the operator makes for itself', () => {
  it('belongs to the injection configuration', () => {
    expect(installationOwner(cacheOf({}))).to.deep.equal({
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingWebhookConfiguration',
      name: 'baton-injection',
      uid: 'u',
    })
  })
  it('has no owner while Baton is not installed or is being removed', () => {
    const metadata = { name: 'baton-injection', uid: 'u', deletionTimestamp: 'now' }
    expect(installationOwner(cacheOf())).to.equal(undefined)
    expect(installationOwner(cacheOf({ metadata }))).to.equal(undefined)
  })
})

describe('a certificate is published when', () => {
  const cases: Readonly<Record<string, [boolean, Partial<MutatingWebhookConfiguration>?]>> = {
    'every webhook trusts it': [
      true,
      { webhooks: [trusting('<old>', '<new>'), trusting('<new>')] },
    ],
    'but not when one does not': [false, { webhooks: [trusting('<new>'), trusting('<old>')] }],
    'nor when there is no webhook yet': [false, { webhooks: [] }],
    'nor when one trusts nothing': [false, { webhooks: [{ ...trusting(), clientConfig: {} }] }],
    'nor when there is no configuration': [false],
  }
  for (const [title, [expected, configuration]] of Object.entries(cases))
    it(title, () => {
      expect(isPublished(cacheOf(configuration), '<new>\n')).to.equal(expected)
    })
})
