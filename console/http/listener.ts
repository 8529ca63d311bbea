import { createServer as createHttpServer } from 'node:http'
import type { RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { CliError } from '../../cli/cliError.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import type { ClosableServer } from '../../runtime/metrics/httpServer.ts'

/** Files of a certificate with its key, both PEM. */
export interface TlsFiles {
  readonly cert: string
  readonly key: string
}

export interface Listener {
  readonly server: ClosableServer
  /** Looks at the files no more. */
  readonly stop: () => void
}

export interface ListenerOptions {
  readonly tls: TlsFiles | undefined
  readonly logger: Logger
  /** How often the files are looked at. Defaults to 10,000. */
  readonly lookMs?: number
}

/** A renewed certificate is served after so long at most. */
const LOOK_MS = 10_000

/**
 * A server of HTTP, or of TLS when there is a certificate, which is read again when its files
 * change. Errors: CliError when it cannot be used at the start; later the one before is kept.
 */
export async function createListener(
  app: RequestListener,
  options: ListenerOptions,
): Promise<Listener> {
  const { tls, logger, lookMs = LOOK_MS } = options
  if (tls === undefined) return { server: createHttpServer(app), stop: () => undefined }
  let pair = await readPair(tls).catch((error: unknown) => {
    throw new CliError({
      exit: 'usage',
      reason: 'NoCertificate',
      message: `the certificate ${tls.cert} with the key ${tls.key} cannot be used: ${String(error)}`,
      remedy: 'name a certificate and its own key, both PEM, by --tls-cert and --tls-key',
      cause: error,
    })
  })
  const server = createHttpsServer({ ...pair, minVersion: 'TLSv1.2' }, app)
  const look = async (): Promise<void> => {
    try {
      const next = await readPair(tls)
      if (next.cert === pair.cert && next.key === pair.key) return
      pair = next
      server.setSecureContext({ ...pair, minVersion: 'TLSv1.2' })
    } catch (error) {
      logger.warn('the renewed certificate cannot be used', { path: tls.cert, error })
    }
  }
  const looking = setInterval(() => void look(), lookMs)
  looking.unref()
  return {
    server,
    stop: () => {
      clearInterval(looking)
    },
  }
}

/** Errors: what is wrong with the files, such as a key that is of another certificate. */
async function readPair({ cert, key }: TlsFiles): Promise<{ cert: string; key: string }> {
  const pair = { cert: await readFile(cert, 'utf8'), key: await readFile(key, 'utf8') }
  createSecureContext(pair)
  return pair
}
