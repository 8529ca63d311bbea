export interface Target {
  /** An IP address; a name is looked up anew for every connection, which costs CPU. */
  readonly host: string
  readonly port: number
}

/** `host:port`, IPv6 addresses in brackets. */
export function formatTarget(target: Target): string {
  return target.host.includes(':')
    ? `[${target.host}]:${target.port}`
    : `${target.host}:${target.port}`
}

/** Reads `host:port` or `[v6]:port`; undefined when it is neither. */
export function parseTarget(text: string): Target | undefined {
  const parts = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text)
  const host = parts?.[1] ?? parts?.[2]
  const port = Number(parts?.[3])
  if (host === undefined || port < 1 || port > 65_535) return undefined
  return { host, port }
}
