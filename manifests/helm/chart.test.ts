import { expect } from 'chai'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chartArchive } from '../../build/release/chartArchive.ts'
import { CHART_NAME, chartFiles } from '../chart.ts'
import { CHART_FOLDER, renderConsole, renderInstall, renderMonitoring } from '../generate.ts'
import { helm, helmTemplate } from '../testing/helm.ts'
import type { InstalledObject } from '../testing/installed.ts'
import { byKey, keyOf, parseObjects } from '../testing/installed.ts'
import { CHART_VERSION } from '../version.ts'

const template = (...args: readonly string[]) => helmTemplate(CHART_FOLDER, ...args)
const keys = (...args: readonly string[]) => template(...args).map(keyOf)

/** What the chart has for Helm alone. */
function withoutHelmPolicy(object: InstalledObject): InstalledObject {
  const { annotations, ...metadata } = object.metadata
  expect(annotations).to.deep.equal({ 'helm.sh/resource-policy': 'keep' })
  return { ...object, metadata }
}

describe('the chart', () => {
  it('with its defaults makes exactly the objects of install.yaml', () => {
    const objects = template().map((object) =>
      object.kind === 'CustomResourceDefinition' ? withoutHelmPolicy(object) : object,
    )
    const installed = parseObjects(renderInstall())
    expect(objects).to.have.lengthOf(installed.length)
    expect(byKey(objects)).to.deep.equal(byKey(installed))
  })

  it('with the values of install.yaml written out makes them too', () => {
    const options = ['--set', 'images.operator=registry/o:1,images.agent=registry/a:2']
    const images = { operatorImage: 'registry/o:1', agentImage: 'registry/a:2' }
    const isWorkload = ({ kind }: InstalledObject) => kind === 'Deployment'
    expect(byKey(template(...options).filter(isWorkload))).to.deep.equal(
      byKey(parseObjects(renderInstall(images)).filter(isWorkload)),
    )
  })

  it('with monitoring adds exactly the objects of monitoring.yaml', () => {
    const wanted = byKey(parseObjects(renderMonitoring()))
    const before = keys()
    const added = template('--set', 'monitoring.enabled=true').filter(
      (object) => !before.includes(keyOf(object)),
    )
    expect(byKey(added)).to.deep.equal(wanted)
  })

  it('with the console adds exactly the objects of console.yaml', () => {
    const before = keys()
    const added = template('--set', 'console.enabled=true').filter(
      (object) => !before.includes(keyOf(object)),
    )
    expect(byKey(added)).to.deep.equal(byKey(parseObjects(renderConsole())))
  })

  it('gives the console what it is told: addresses, certificates, clusters, options', () => {
    const values = [
      'console.enabled=true,console.externalUrl=https://console.example.com,networkPolicy.enabled=false',
      'console.tlsSecret=console-tls,console.kubeconfigSecret=clusters,console.args={--read-only}',
      'console.oidc.issuer=https://id.example.com,console.oidc.clientSecret=console-oidc',
    ]
    const made = byKey(template(...values.flatMap((value) => ['--set', value])))
    expect(made['NetworkPolicy baton-system/baton-console']).to.equal(undefined)
    const spec = 'spec.template.spec'
    const pod = made['Deployment baton-system/baton-console']
    expect(pod).nested.property(`${spec}.containers[0].args`).to.deep.equal(['--read-only'])
    expect(pod)
      .nested.property(`${spec}.containers[0].command`)
      .to.include.members([
        ...['--external-url=https://console.example.com', '--tls-cert=/tls/tls.crt'],
        ...['--tls-key=/tls/tls.key', '--kubeconfig=/clusters/config', '--sign-in=oidc'],
        ...['--oidc-issuer=https://id.example.com', '--oidc-client-id=baton'],
        '--oidc-client-secret-file=/oidc/client-secret',
      ])
    expect(pod).to.nested.include({
      [`${spec}.volumes[1].secret.secretName`]: 'console-tls',
      [`${spec}.volumes[2].secret.secretName`]: 'console-oidc',
      [`${spec}.volumes[3].secret.secretName`]: 'clusters',
      [`${spec}.containers[0].volumeMounts[1].mountPath`]: '/tls',
    })
  })

  it('labels monitors and rules as a Prometheus wants them, and says where runbooks are', () => {
    const labels = 'monitoring.labels.release=prometheus,monitoring.interval=15s'
    const made = byKey(
      template(
        ...['--set', 'monitoring.enabled=true', '--set', labels],
        ...['--set', 'monitoring.runbooks=https://wiki.example/baton'],
      ),
    )
    for (const key of ['ServiceMonitor', 'PodMonitor', 'PrometheusRule'].map(
      (kind) => `${kind} baton-system/baton${kind === 'PodMonitor' ? '-agent' : ''}`,
    ))
      expect(made[key]).nested.property('metadata.labels').to.deep.equal({
        'app.kubernetes.io/part-of': 'baton',
        release: 'prometheus',
      })
    expect(made['PodMonitor baton-system/baton-agent']).to.nested.include({
      'spec.podMetricsEndpoints[0].interval': '15s',
    })
    expect(JSON.stringify(made['PrometheusRule baton-system/baton'])).to.include(
      '"runbook_url":"https://wiki.example/baton/batonnoleader.md"',
    )
  })

  it('passes Helm’s own linter', () => {
    const { status, stdout } = helm('lint', '--strict', CHART_FOLDER)
    expect(status, stdout).to.equal(0)
  })

  it('leaves the namespace to Helm when the release is in it', () => {
    expect(keys()).to.include('Namespace /baton-system')
    expect(keys('--namespace', 'baton-system')).not.to.include('Namespace /baton-system')
  })

  it('moves everything to another namespace', () => {
    const objects = template('--set', 'namespace.name=mesh')
    expect(new Set(objects.map(({ metadata }) => metadata.namespace))).to.deep.equal(
      new Set([undefined, 'mesh']),
    )
    expect(
      JSON.stringify(objects.filter(({ kind }) => kind !== 'CustomResourceDefinition')),
    ).not.to.include('baton-system')
  })

  const switches: Readonly<Record<string, readonly string[]>> = {
    'networkPolicy.enabled': [
      'NetworkPolicy baton-system/baton-operator',
      'NetworkPolicy baton-system/baton-webhook',
    ],
    'podDisruptionBudget.enabled': [
      'PodDisruptionBudget baton-system/baton-operator',
      'PodDisruptionBudget baton-system/baton-webhook',
    ],
    'crds.install': [
      'CustomResourceDefinition /sidecarsets.baton.dev',
      'CustomResourceDefinition /trafficinterceptions.baton.dev',
      'CustomResourceDefinition /ingressgateways.baton.dev',
    ],
    'namespace.create': ['Namespace /baton-system'],
  }
  for (const [name, gone] of Object.entries(switches))
    it(`leaves out ${gone.join(' and ')} without ${name}, and nothing else`, () => {
      const left = keys('--set', `${name}=false`)
      expect(keys().filter((key) => !left.includes(key))).to.have.members([...gone])
    })

  describe('with cert-manager', () => {
    const rendered = () => template('--set', 'certificates.certManager=true,namespace.name=mesh')
    const objects = () => byKey(rendered())
    const pod = 'spec.template.spec'

    it('asks it for a certificate of the name that the API server calls', () => {
      expect(objects()['Certificate mesh/baton-webhook']).to.deep.nested.include({
        'spec.secretName': 'baton-webhook-tls',
        'spec.dnsNames': ['baton-webhook.mesh.svc'],
        'spec.issuerRef': { group: 'cert-manager.io', kind: 'Issuer', name: 'baton-selfsigned' },
      })
      expect(objects()).to.include.keys('Issuer mesh/baton-selfsigned')
    })

    it('takes another issuer', () => {
      const options = 'certificates.certManager=true,certificates.issuer.kind=ClusterIssuer'
      const made = byKey(template('--set', `${options},certificates.issuer.name=ours`))
      expect(made['Certificate baton-system/baton-webhook']).to.nested.include({
        'spec.issuerRef.kind': 'ClusterIssuer',
        'spec.issuerRef.name': 'ours',
      })
    })

    it('gives nobody a right to any Secret', () => {
      const roles = rendered().filter(({ kind }) => kind.endsWith('Role'))
      expect(JSON.stringify(roles)).not.to.include('secrets')
      expect(JSON.stringify(template())).to.include('"secrets"')
    })

    it('shows the key to the webhook alone', () => {
      const volume = `${pod}.volumes[0].secret`
      expect(objects()['Deployment mesh/baton-webhook']).not.nested.property(`${volume}.items`)
      expect(objects()['Deployment mesh/baton-operator'])
        .nested.property(`${volume}.items`)
        .to.deep.equal([{ key: 'ca.crt', path: 'ca.crt' }])
      for (const name of ['operator', 'webhook']) {
        const deployment = objects()[`Deployment mesh/baton-${name}`]
        expect(deployment).nested.property(`${volume}.secretName`, 'baton-webhook-tls')
        expect(deployment)
          .nested.property(`${pod}.containers[0].volumeMounts`)
          .to.deep.equal([{ name: 'certificates', mountPath: '/certificates', readOnly: true }])
        expect(deployment)
          .nested.property(`${pod}.containers[0].env`)
          .to.deep.include({ name: 'CERTIFICATE_DIRECTORY', value: '/certificates' })
      }
    })
  })

  it('writes seconds as whole numbers, however large', () => {
    const options = ['--set', 'certificates.caLifetimeSeconds=315360000']
    expect(byKey(template(...options))['Deployment baton-system/baton-operator'])
      .nested.property('spec.template.spec.containers[0].env')
      .to.deep.include({ name: 'CA_LIFETIME_SECONDS', value: '315360000' })
  })

  it('puts every value where it belongs', () => {
    const values = [
      ...['operator.replicas=3', 'webhook.replicas=5', 'logLevel=debug', 'failurePolicy=Ignore'],
      ...['images.pullPolicy=Always', 'images.pullSecrets[0].name=key', 'priorityClassName='],
      ...['webhook.nodeSelector.disk=ssd', 'webhook.tolerations[0].operator=Exists'],
      ...['operator.resources.limits.memory=1Gi', 'operator.affinity.podAffinity.x=y'],
      'networkPolicy.apiServer.ports[0].port=16443',
    ]
    const objects = byKey(template('--set', values.join(',')))
    expect(objects['Deployment baton-system/baton-operator']).to.nested.include({
      'spec.replicas': 3,
      'spec.template.spec.imagePullSecrets[0].name': 'key',
      'spec.template.spec.priorityClassName': '',
      'spec.template.spec.affinity.podAffinity.x': 'y',
      'spec.template.spec.containers[0].imagePullPolicy': 'Always',
      'spec.template.spec.containers[0].resources.limits.memory': '1Gi',
    })
    expect(objects['Deployment baton-system/baton-operator'])
      .nested.property('spec.template.spec.containers[0].env')
      .to.deep.include.members([
        { name: 'LOG_LEVEL', value: 'debug' },
        { name: 'FAILURE_POLICY', value: 'Ignore' },
      ])
    expect(objects['Deployment baton-system/baton-webhook']).to.nested.include({
      'spec.replicas': 5,
      'spec.template.spec.nodeSelector.disk': 'ssd',
      'spec.template.spec.tolerations[0].operator': 'Exists',
      'spec.template.spec.containers[0].resources.limits.memory': '512Mi',
    })
    for (const name of ['operator', 'webhook'])
      expect(objects[`NetworkPolicy baton-system/baton-${name}`]).to.nested.include({
        'spec.egress[1].ports[0].port': 16443,
      })
  })

  const refusals: Readonly<Record<string, RegExp>> = {
    'webhook.replicas=0': /\/webhook\/replicas.*minimum.*want 1/,
    'operator.replicas=two': /\/operator\/replicas.*got string, want integer/,
    'failurePolicy=Maybe': /\/failurePolicy.*one of 'Fail', 'Ignore'/,
    'logLevel=loud': /\/logLevel.*'debug'/,
    'operator.replica=3': /\/operator.*'replica' not allowed/,
    'images.operator=': /\/images\/operator.*minLength/,
    'namespace.name=Not_Valid': /\/namespace\/name.*does not match pattern/,
    'certificates.overlapSeconds=0': /\/certificates\/overlapSeconds.*want 1/,
    'certificates.issuer.kind=Vault': /\/certificates\/issuer\/kind.*'ClusterIssuer'/,
    'monitoring.runbooks=https://wiki.example/': /\/monitoring\/runbooks.*does not match pattern/,
    'monitoring.interval=often': /\/monitoring\/interval.*does not match pattern/,
    'networkPolicy.enabled=maybe': /\/networkPolicy\/enabled.*want boolean/,
  }
  for (const [value, words] of Object.entries(refusals))
    it(`refuses ${value} and says why`, () => {
      const { status, stderr } = helm('template', 'baton', CHART_FOLDER, '--set', value)
      expect(status).not.to.equal(0)
      expect(stderr).to.match(words)
    })

  it('refuses a cluster that is too old', () => {
    const old = ['--kube-version', '1.29.9']
    const { status, stderr } = helm('template', 'baton', CHART_FOLDER, ...old)
    expect(status).not.to.equal(0)
    expect(stderr).to.match(/requires kubeVersion: >=1.30.0-0/)
  })

  it('is the same in the package of the release', () => {
    const directory = mkdtempSync(join(tmpdir(), 'baton-chart-'))
    try {
      const file = join(directory, 'baton.tgz')
      writeFileSync(file, chartArchive(CHART_NAME, chartFiles()))
      expect(byKey(helmTemplate(file))).to.deep.equal(byKey(template()))
      expect(helm('show', 'chart', file).stdout).to.include(`version: ${CHART_VERSION}`)
    } finally {
      rmSync(directory, { recursive: true })
    }
  })

  it('can be part of another chart, whose global values it is given', () => {
    expect(keys('--set', 'global.cluster=a')).to.deep.equal(keys())
  })
})
