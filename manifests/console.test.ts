import { expect } from 'chai'
import { renderConsole } from './generate.ts'
import { byKey, parseObjects } from './testing/installed.ts'

describe('the console in the cluster', () => {
  const objects = byKey(parseObjects(renderConsole()))
  const deployment = objects['Deployment baton-system/baton-console']
  const spec = 'spec.template.spec'
  const container = `${spec}.containers[0]`

  it('is an account, a Service, a Deployment and a NetworkPolicy: no role, no binding', () => {
    expect(Object.keys(objects)).to.deep.equal([
      'ServiceAccount baton-system/baton-console',
      'Service baton-system/baton-console',
      'Deployment baton-system/baton-console',
      'NetworkPolicy baton-system/baton-console',
    ])
  })

  it('has no token of its account: neither account nor pod mounts one, and no volume brings one', () => {
    expect(objects['ServiceAccount baton-system/baton-console']).to.include({
      automountServiceAccountToken: false,
    })
    expect(deployment).to.nested.include({ [`${spec}.automountServiceAccountToken`]: false })
    expect(deployment)
      .nested.property(`${spec}.volumes`)
      .to.deep.equal([
        {
          name: 'cluster-ca',
          configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] },
        },
      ])
  })

  it('may do nothing on its node, as the restricted pod security standard wants it', () => {
    expect(deployment).to.nested.include({
      [`${spec}.securityContext.runAsNonRoot`]: true,
      [`${spec}.securityContext.seccompProfile.type`]: 'RuntimeDefault',
      [`${container}.securityContext.readOnlyRootFilesystem`]: true,
      [`${container}.securityContext.allowPrivilegeEscalation`]: false,
      [`${container}.securityContext.capabilities.drop[0]`]: 'ALL',
    })
  })

  it('is asked for its health at a port of its own: its page answers to names alone', () => {
    for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
      expect(deployment).to.nested.include({ [`${container}.${probe}.httpGet.port`]: 'health' })
  })

  it('is reached over loopback alone until it has TLS or stands behind it', () => {
    const command = `${container}.command`
    expect(deployment).nested.property(command).to.include('--in-cluster=cluster')
    expect(deployment)
      .nested.property(command)
      .to.satisfy((words: readonly string[]) => words.every((word) => !/^--listen/.test(word)))
  })
})
