/** An image name in its parts: `registry.test:5000/team/envoy:1.38.3`. */
export interface ImageReference {
  /** `registry.test:5000`; empty when the name has none. */
  readonly host: string
  /** `team/envoy` */
  readonly repository: string
  /** `1.38.3`; `latest` when the name has none. */
  readonly tag: string
}

const pattern = /^(?:([^/]*[.:][^/]*|localhost)\/)?([^:@]+)(?::([\w][\w.-]{0,127}))?$/

/**
 * Parses a tagged image name. As in container runtimes, the first part is a host when it has a dot
 * or a colon. Throws on names with a digest: images here are named before they are made.
 */
export function parseReference(name: string): ImageReference {
  const [, host = '', repository, tag = 'latest'] = pattern.exec(name) ?? []
  if (repository === undefined)
    throw new Error(`'${name}' is not an image name; write host/repository:tag`)
  return { host, repository, tag }
}
