import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePorts } from '../../launcher/testing/ports.ts'
import type { OriginProcess, Targets } from '../ledger/index.ts'
import { startOriginProcess } from '../ledger/index.ts'
import type { Proxy, Surroundings } from '../proxies/proxy.ts'

/** What a run needs beside its proxy. */
export interface Stage {
  readonly surroundings: Surroundings
  /** Where the load sends to. */
  readonly targets: Targets
  end(): Promise<void>
}

/** Starts the origin, and gives the proxy ports and a folder of its own. */
export async function setStage(proxy: Proxy): Promise<Stage> {
  const directory = mkdtempSync(join(tmpdir(), 'baton-matrix-'))
  // The proxy runs as another user.
  chmodSync(directory, 0o777)
  const [http = 0, http2 = 0, tcp = 0, dubbo = 0, adminPort = 0, interceptPort = 0] =
    await freePorts(6)
  const upstream = await startOriginProcess()
  const ports = proxy.intercepts === true ? portsOf(upstream) : { http, http2, tcp, dubbo }
  const hosts = proxy.hosts ?? ['127.0.0.1']
  const at = (port: number) => hosts.map((host) => ({ host, port }))
  return {
    surroundings: { directory, ports, adminPort, interceptPort, upstream },
    targets: {
      http: at(ports.http),
      http2: at(ports.http2),
      tcp: at(ports.tcp),
      dubbo: at(ports.dubbo),
    },
    end: async () => {
      await upstream.close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function portsOf(origin: OriginProcess): Surroundings['ports'] {
  return {
    http: origin.http.port,
    http2: origin.grpc.port,
    tcp: origin.tcp.port,
    dubbo: origin.dubbo.port,
  }
}
