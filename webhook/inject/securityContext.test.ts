import { expect } from 'chai'
import { omit } from './omit.ts'
import type { Container } from './podTypes.ts'
import { RESTRICTED, slotSecurityContext, slotUser } from './securityContext.ts'

type SecurityContext = NonNullable<Container['securityContext']>

const mayBeRoot = omit(RESTRICTED, 'runAsNonRoot')
const mayEscalate = omit(RESTRICTED, 'allowPrivilegeEscalation')

const cases: Readonly<Record<string, readonly [SecurityContext | undefined, SecurityContext]>> = {
  'nothing is said': [undefined, RESTRICTED],
  "the container's own fields win": [
    { runAsUser: 101, readOnlyRootFilesystem: false },
    { ...RESTRICTED, runAsUser: 101, readOnlyRootFilesystem: false },
  ],
  'root is not refused by the kubelet': [{ runAsUser: 0 }, { ...mayBeRoot, runAsUser: 0 }],
  'a contradiction of the author stays one': [
    { runAsUser: 0, runAsNonRoot: true },
    { ...RESTRICTED, runAsUser: 0 },
  ],
  'privileged is not refused by the API server': [
    { privileged: true },
    { ...mayEscalate, privileged: true },
  ],
  'SYS_ADMIN is not refused by the API server': [
    { capabilities: { add: ['SYS_ADMIN'] } },
    { ...mayEscalate, capabilities: { add: ['SYS_ADMIN'] } },
  ],
}

describe('the security context of a slot:', () => {
  for (const [name, [own, expected]] of Object.entries(cases)) {
    it(name, () => {
      expect(slotSecurityContext(own)).to.deep.equal(expected)
    })
  }

  it('the user is 1337 unless the container names one, root included', () => {
    expect([slotUser(undefined), slotUser({ runAsUser: 0 })]).to.deep.equal([1337, 0])
  })
})
