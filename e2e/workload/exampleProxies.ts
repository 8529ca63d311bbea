import { readFileSync } from 'node:fs'
import { parseAllDocuments } from 'yaml'
import type { PackagedProxy } from '../../build/images/packagedProxies.ts'
import { packagedImage } from '../../build/images/packagedProxies.ts'
import type { OciImage } from '../../build/images/oci.ts'
import { PROXY_RELEASES } from '../../build/setup/proxyPackages.ts'
import type { Program } from '../../test/proxies/packaged.ts'
import { packagedProgram } from '../../test/proxies/packaged.ts'

/** Where docs/examples puts the apps and the configurations of their proxies. */
export const EXAMPLE_NAMESPACE = 'shop'

/** Two images of a proxy. */
export interface UpgradeImages {
  readonly from: OciImage
  readonly to: OciImage
}

/**
 * Images of a packaged proxy that understands the example's configuration: of two releases, or of one
 * under two tags where only one does. Undefined where none does.
 */
export function upgradeImages(
  name: PackagedProxy,
  fits: (program: Program) => boolean,
): UpgradeImages | undefined {
  const programs = PROXY_RELEASES.map((release) => packagedProgram(name, release))
  const [first, second = first] = programs.filter(fits)
  if (first === undefined || second === undefined) return undefined
  const image = ({ root, version }: Program, tag: string): OciImage =>
    packagedImage({ name, root, version, tag })
  if (first.version !== second.version)
    return { from: image(first, first.version), to: image(second, second.version) }
  return { from: image(first, `${first.version}-a`), to: image(first, `${first.version}-b`) }
}

/** The objects of `docs/examples/<name>.yaml`, but for the image. */
export function exampleObjects(name: PackagedProxy, image: string): readonly object[] {
  const file = new URL(`../../docs/examples/${name}.yaml`, import.meta.url)
  return parseAllDocuments(readFileSync(file, 'utf8')).map((document) => {
    if (document.get('kind') === 'SidecarSet')
      document.setIn(['spec', 'containers', 0, 'image'], image)
    return document.toJS() as object
  })
}
