import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import { INSTALL_FILE, RELEASE_IMAGES, renderInstall } from './generate.ts'

interface Installed {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string }
}

interface Role extends Installed {
  readonly rules: readonly {
    readonly apiGroups: readonly string[]
    readonly resources: readonly string[]
    readonly verbs: readonly string[]
  }[]
}

function isRole(object: Installed): object is Role {
  return object.kind.endsWith('Role')
}

function parse(text: string): readonly Installed[] {
  return parseAllDocuments(text).map((document) => document.toJS() as Installed)
}

describe('the manifest for the installation', () => {
  const text = renderInstall(RELEASE_IMAGES)
  const objects = parse(text)

  it('install.yaml is current: run node manifests/generate.ts', () => {
    expect(readFileSync(INSTALL_FILE, 'utf8')).to.equal(text)
  })

  it('begins with the namespace and the kind, on which the rest depends', () => {
    const [first, second] = objects.map(({ kind }) => kind)
    expect([first, second]).to.deep.equal(['Namespace', 'CustomResourceDefinition'])
  })

  it('has each object once', () => {
    const keys = objects.map(
      ({ kind, metadata }) => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`,
    )
    expect(new Set(keys).size).to.equal(keys.length)
  })

  it('uses the images it is given, and no others', () => {
    const own = renderInstall({ operatorImage: 'registry/o:1', agentImage: 'registry/a:2' })
    expect(own).to.not.include('v0.1.0')
    expect(own.match(/registry\/o:1/g)).to.have.lengthOf(2)
    expect(own.match(/value: registry\/a:2/g)).to.have.lengthOf(2)
  })

  describe('gives no role', () => {
    const roles = objects.filter(isRole)
    const rules = roles.flatMap((role) => role.rules.map((rule) => ({ role, ...rule })))

    it('but to operator and webhook', () => {
      expect(roles.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).to.deep.equal([
        'ClusterRole baton-operator',
        'Role baton-operator',
        'ClusterRole baton-webhook',
        'Role baton-webhook',
      ])
    })

    it('a wildcard', () => {
      for (const { apiGroups, resources, verbs } of rules) {
        expect([...apiGroups, ...resources, ...verbs]).to.not.include('*')
      }
    })

    it('secrets of the whole cluster', () => {
      const wide = rules.filter(({ role }) => role.kind === 'ClusterRole')
      expect(wide.flatMap(({ resources }) => resources)).to.not.include('secrets')
    })

    it('creation or deletion of pods outside our namespace', () => {
      const wide = rules.filter(({ role }) => role.kind === 'ClusterRole')
      const pods = wide.filter(({ resources }) => resources.includes('pods'))
      expect(pods.flatMap(({ verbs }) => verbs)).to.not.include.members(['create'])
      expect(pods.flatMap(({ verbs }) => verbs)).to.not.include.members(['delete'])
    })
  })
})
