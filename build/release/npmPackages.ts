import { readFileSync } from 'node:fs'

/** A package of the npm registry that is in a program of ours. */
export interface NpmPackage {
  readonly name: string
  readonly version: string
  /** SPDX expression; undefined when the package names none. */
  readonly license: string | undefined
  /** Of the package's archive: `sha512-<base64>`. */
  readonly integrity: string | undefined
}

interface LockEntry {
  readonly version?: string
  readonly license?: string
  readonly integrity?: string
}

/** package-lock.json, by the folder of each package. */
export type Lock = Readonly<Record<string, LockEntry>>

export function readLock(file: string): Lock {
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly packages: Lock }).packages
}

// The last node_modules counts: a package may have another version of a package below it.
const folderOfPackage =
  /^(?:.*?\/)??(?<folder>node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+)\//

/**
 * The packages that files of a bundle come from, by name and version. Errors: a file of a package
 * that the lockfile does not have.
 */
export function packagesOf(files: readonly string[], lock: Lock): readonly NpmPackage[] {
  const folders = new Set(
    files.flatMap((file) => folderOfPackage.exec(file)?.groups?.['folder'] ?? []),
  )
  const packages = [...folders].map((folder) => npmPackage(folder, lock))
  // Below two packages there may be the same version of a third.
  const different = new Map(packages.map((one) => [purlOf(one), one]))
  return [...different.values()].toSorted((left, right) => (purlOf(left) < purlOf(right) ? -1 : 1))
}

/** The package in a folder of node_modules. */
export function npmPackage(folder: string, lock: Lock): NpmPackage {
  const { version, license, integrity } = lock[folder] ?? {}
  if (version === undefined)
    throw new Error(`package-lock.json does not have ${folder}; run npm ci and try again`)
  return { name: folder.replace(/^.*node_modules\//, ''), version, license, integrity }
}

/** The package's URL (purl): how scanners recognize it. */
export function purlOf({ name, version }: Pick<NpmPackage, 'name' | 'version'>): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`
}
