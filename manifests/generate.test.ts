import { expect } from 'chai'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { chartFiles } from './chart.ts'
import {
  CHART_FOLDER,
  CONSOLE_FILE,
  INSTALL_FILE,
  MONITORING_FILE,
  renderConsole,
  renderInstall,
  renderMonitoring,
} from './generate.ts'
import type { InstalledObject } from './testing/installed.ts'
import { keyOf, parseObjects } from './testing/installed.ts'

interface Role extends InstalledObject {
  readonly rules: readonly {
    readonly apiGroups: readonly string[]
    readonly resources: readonly string[]
    readonly verbs: readonly string[]
  }[]
}

const READING = ['get', 'list', 'watch']

function isRole(object: InstalledObject): object is Role {
  return object.kind.endsWith('Role')
}

describe('the manifest for the installation', () => {
  const text = renderInstall()
  const objects = parseObjects(text)

  it('install.yaml is current: run node manifests/generate.ts', () => {
    expect(readFileSync(INSTALL_FILE, 'utf8')).to.equal(text)
  })

  it('monitoring.yaml is current: run node manifests/generate.ts', () => {
    expect(readFileSync(MONITORING_FILE, 'utf8')).to.equal(renderMonitoring())
  })

  it('console.yaml is current: run node manifests/generate.ts', () => {
    expect(readFileSync(CONSOLE_FILE, 'utf8')).to.equal(renderConsole())
  })

  it('the chart is current: run node manifests/generate.ts', () => {
    const paths = readdirSync(CHART_FOLDER, { recursive: true, encoding: 'utf8' })
    const files = paths.filter((path) => statSync(join(CHART_FOLDER, path)).isFile())
    const found = files.map((path) => [path, readFileSync(join(CHART_FOLDER, path), 'utf8')])
    expect(Object.fromEntries(found)).to.deep.equal(chartFiles())
  })

  it('begins with the namespace and the kind, on which the rest depends', () => {
    const [first, second] = objects.map(({ kind }) => kind)
    expect([first, second]).to.deep.equal(['Namespace', 'CustomResourceDefinition'])
  })

  it('has each object once', () => {
    const keys = objects.map(keyOf)
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
        'Role baton-operator-authority',
        'Role baton-webhook-authority',
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

    it('to the webhook that writes anything but events', () => {
      const own = rules.filter(({ role }) => role.metadata.name.startsWith('baton-webhook'))
      const writing = own.filter(({ verbs }) => verbs.some((verb) => !READING.includes(verb)))
      expect(writing.flatMap(({ resources }) => resources)).to.deep.equal(['events'])
    })

    it('creation or deletion of pods outside our namespace', () => {
      const wide = rules.filter(({ role }) => role.kind === 'ClusterRole')
      const pods = wide.filter(({ resources }) => resources.includes('pods'))
      expect(pods.flatMap(({ verbs }) => verbs)).to.not.include.members(['create'])
      expect(pods.flatMap(({ verbs }) => verbs)).to.not.include.members(['delete'])
    })
  })
})
