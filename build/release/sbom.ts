import type { DebianPackage } from './debianPackages.ts'
import type { NpmPackage } from './npmPackages.ts'
import { purlOf } from './npmPackages.ts'

/** A thing of the release and what is in it, by references of others. */
export interface SbomPart {
  /** `operator.js`, or the name of an image. */
  readonly name: string
  readonly kind: 'application' | 'container'
  /** Hex. */
  readonly sha256: string
  readonly contains: readonly string[]
}

export interface SbomInput {
  readonly version: string
  readonly parts: readonly SbomPart[]
  readonly npm: readonly NpmPackage[]
  readonly debian: readonly DebianPackage[]
}

/** A component of CycloneDX 1.6, as far as we write it. */
interface Component {
  readonly 'bom-ref': string
  readonly type: 'application' | 'container' | 'library'
  readonly name: string
  readonly version: string
  readonly purl?: string
  readonly licenses?: readonly object[]
  readonly hashes?: readonly { readonly alg: string; readonly content: string }[]
}

/**
 * The bill of materials as CycloneDX 1.6 JSON. It has no time and no serial number, so that the same
 * release has the same bytes.
 */
export function sbom({ version, parts, npm, debian }: SbomInput): string {
  const components: readonly Component[] = [
    ...parts.map(({ name, kind, sha256 }): Component => ({
      'bom-ref': name,
      type: kind,
      name,
      version,
      hashes: [{ alg: 'SHA-256', content: sha256 }],
    })),
    ...npm.map(npmComponent),
    ...debian.map(debianComponent),
  ]
  const known = new Set(components.map((component) => component['bom-ref']))
  for (const { name, contains } of parts)
    for (const one of contains)
      if (!known.has(one)) throw new Error(`${name} contains ${one}, which is not described`)
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        'bom-ref': 'baton',
        type: 'application',
        name: 'baton',
        version,
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    },
    components,
    dependencies: [
      { ref: 'baton', dependsOn: parts.map(({ name }) => name) },
      ...parts.map(({ name, contains }) => ({ ref: name, dependsOn: contains })),
    ],
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

export function debianRef({ name, version }: DebianPackage): string {
  return `pkg:deb/debian/${name}@${encodeURIComponent(version)}`
}

function debianComponent(one: DebianPackage): Component {
  const purl = debianRef(one)
  return { 'bom-ref': purl, type: 'library', name: one.name, version: one.version, purl }
}

function npmComponent(one: NpmPackage): Component {
  const purl = purlOf(one)
  const { name, version, license, integrity = '' } = one
  const [, base64] = /^sha512-(.+)$/.exec(integrity) ?? []
  const content = base64 === undefined ? undefined : Buffer.from(base64, 'base64').toString('hex')
  return {
    'bom-ref': purl,
    type: 'library',
    name,
    version,
    purl,
    ...(license === undefined ? {} : { licenses: [licenseOf(license)] }),
    ...(content === undefined ? {} : { hashes: [{ alg: 'SHA-512', content }] }),
  }
}

/** `MIT` is the name of a license, `(MIT OR Apache-2.0)` an expression of several. */
function licenseOf(license: string): object {
  return license.includes(' ') ? { expression: license } : { license: { id: license } }
}
