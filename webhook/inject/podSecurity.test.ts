import { expect } from 'chai'
import { AGENT_CONTAINER } from '../../api/group.ts'
import { IPTABLES_CONTAINER } from '../../api/interception/desired.ts'
import type { SidecarSetSpec } from '../../api/v1beta1/sidecarset.ts'
import { inject } from './inject.ts'
import type { Container } from './podTypes.ts'
import { podContainers } from './podTypes.ts'
import { injectable, pod, sidecarSet } from './testing/build.ts'
import { patched } from './testing/golden.ts'

/**
 * What of a container the restricted Pod Security Standard refuses, by its controls (Kubernetes 1.35):
 * only NET_BIND_SERVICE may be added.
 */
function refused({ securityContext = {} }: Container): readonly string[] {
  const { allowPrivilegeEscalation, runAsNonRoot, runAsUser, privileged } = securityContext
  const { add = [], drop = [] } = securityContext.capabilities ?? {}
  const seccomp = securityContext.seccompProfile?.type ?? ''
  const findings: Readonly<Record<string, boolean>> = {
    privileged: privileged === true,
    'privilege escalation': allowPrivilegeEscalation !== false,
    'running as root': runAsNonRoot !== true || runAsUser === 0,
    seccomp: !['RuntimeDefault', 'Localhost'].includes(seccomp),
    'capabilities not dropped': !drop.includes('ALL'),
    'capabilities added': add.some((one) => one !== 'NET_BIND_SERVICE'),
  }
  return Object.keys(findings).filter((name) => findings[name] === true)
}

function injected(spec: Partial<SidecarSetSpec>): Readonly<Record<string, readonly string[]>> {
  const app = pod()
  const context = { agentImage: 'agent:v1', nowMs: 0 }
  const made = patched(app, inject(app, [injectable(sidecarSet(spec))], context))
  const added = podContainers(made).filter(({ name }) => name !== 'app')
  return Object.fromEntries(added.map((one) => [one.name, refused(one)]))
}

describe('the restricted Pod Security Standard', () => {
  it('accepts all that a set without interception injects', () => {
    const found = injected({})
    expect(Object.keys(found)).to.have.members(['baton-init', 'proxy-1', 'proxy-2', 'baton-agent'])
    expect(Object.values(found).flat()).to.deep.equal([])
  })

  it('refuses of one with interception what changes rules, for that, and nothing else', () => {
    const {
      [AGENT_CONTAINER]: agent,
      [IPTABLES_CONTAINER]: iptables,
      ...rest
    } = injected({
      interception: {},
    })
    const privileges = ['running as root', 'capabilities added']
    expect([agent, iptables]).to.deep.equal([privileges, privileges])
    expect(Object.values(rest).flat()).to.deep.equal([])
  })
})
