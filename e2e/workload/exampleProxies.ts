import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseAllDocuments } from 'yaml'
import { BATON_UID, nodeLayer } from '../../build/images/base.ts'
import type { OciImage } from '../../build/images/oci.ts'
import { buildImage } from '../../build/images/oci.ts'
import type { PackagedProxy } from '../../build/images/packagedProxies.ts'
import { packagedImage } from '../../build/images/packagedProxies.ts'
import { WORKLOAD_REGISTRY } from '../../build/images/workloads.ts'
import { PROXY_RELEASES } from '../../build/setup/proxyPackages.ts'
import { filesOf } from '../../test/documentation/blocks.ts'
import { readBlocks, ROOT } from '../../test/documentation/pages.ts'
import type { Program } from '../../test/proxies/packaged.ts'
import { packagedProgram } from '../../test/proxies/packaged.ts'
import { keepsIdle } from '../../test/proxies/nginx.ts'

/** Where docs/examples puts the apps and the configurations of their proxies. */
export const EXAMPLE_NAMESPACE = 'shop'

/** Where the guide's own proxy is, and what it is. */
const OWN_PATH = '/usr/local/bin/proxy'
const OWN_SOURCE = 'test/proxies/programs/proxy.ts'
const OWN_PAGE = 'docs/guides/proxies.md'

/** A manifest of docs with a proxy in front of an app, and two images of it to upgrade between. */
export interface ExampleProxy {
  /** Of the SidecarSet. */
  readonly set: string
  readonly container: string
  /** Label `app` of the pods that the set selects. */
  readonly app: string
  readonly speaksHttp2: boolean
  readonly from: OciImage
  readonly to: OciImage
  /** What the manifest says, with `from`. */
  readonly objects: readonly object[]
}

/**
 * HAProxy, nginx and the guide's own proxy. nginx is left out where no unpacked release understands
 * its example. Errors: the set-up has unpacked no proxies.
 */
export function exampleProxies(): readonly ExampleProxy[] {
  const haproxy = packagedExample('haproxy', true, () => true)
  // Its example names keepalive_min_timeout.
  const nginx = packagedExample('nginx', false, keepsIdle)
  return [haproxy, nginx, ownExample()].filter((example) => example !== undefined)
}

/** Between two releases, or between two images of one where only one fits. */
function packagedExample(
  name: PackagedProxy,
  speaksHttp2: boolean,
  fits: (program: Program) => boolean,
): ExampleProxy | undefined {
  const programs = PROXY_RELEASES.map((release) => packagedProgram(name, release))
  const [first, second = first] = programs.filter(fits)
  if (first === undefined || second === undefined) return undefined
  const isOne = first.version === second.version
  const image = ({ root, version }: Program, suffix: string): OciImage =>
    packagedImage({ name, root, version, tag: isOne ? version + suffix : version })
  const from = image(first, '-a')
  const text = readFileSync(join(ROOT, `docs/examples/${name}.yaml`), 'utf8')
  return {
    ...{ set: name, container: name, app: `${name}-shop`, speaksHttp2 },
    ...{ from, to: image(second, '-b'), objects: objectsOf(text, from) },
  }
}

function ownExample(): ExampleProxy {
  const text = filesOf(readBlocks(OWN_PAGE)).get('own.yaml')
  if (text === undefined) throw new Error(`${OWN_PAGE} has no own.yaml`)
  const from = ownImage('1.0.0')
  return {
    ...{ set: 'own-proxy', container: 'proxy', app: 'own-shop', speaksHttp2: false },
    ...{ from, to: ownImage('1.1.0'), objects: objectsOf(text, from) },
  }
}

function ownImage(tag: string): OciImage {
  const source = '/usr/local/lib/proxy/proxy.ts'
  return buildImage({
    name: `${WORKLOAD_REGISTRY}/proxy:${tag}`,
    base: [nodeLayer()],
    files: {
      [source]: { fromHost: join(ROOT, OWN_SOURCE), mode: 0o755 },
      '/usr/local/lib/proxy/package.json': { text: `{"type":"module","version":"${tag}"}\n` },
      [OWN_PATH]: { link: source },
    },
    entrypoint: [OWN_PATH],
    user: String(BATON_UID),
  })
}

function objectsOf(text: string, { name }: OciImage): readonly object[] {
  return parseAllDocuments(text).map((document) => {
    if (document.get('kind') === 'SidecarSet')
      document.setIn(['spec', 'containers', 0, 'image'], name)
    return document.toJS() as object
  })
}
