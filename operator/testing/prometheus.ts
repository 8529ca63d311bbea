import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request } from 'undici'
import { freePort } from '../../launcher/testing/ports.ts'
import { until } from '../../runtime/testing/until.ts'

/** Of the Debian package. */
const PROGRAM = 'prometheus'

/** A Prometheus of its own for one test, as a process. */
export interface RunningPrometheus {
  readonly address: string
  stop(): Promise<void>
}

export interface PrometheusOptions {
  /** As in its configuration: what has /metrics. */
  readonly scrapeConfigs: readonly object[]
  /** Paths of files with rules, which are evaluated as often as is scraped. Defaults to none. */
  readonly ruleFiles?: readonly string[]
  /** Between two scrapes. Defaults to 200. */
  readonly scrapeMs?: number
  /** Address of this machine on which it listens. Defaults to loopback. */
  readonly host?: string
}

/** Starts the Prometheus of the Debian package. */
export async function startPrometheus(options: PrometheusOptions): Promise<RunningPrometheus> {
  const { scrapeConfigs, ruleFiles = [], scrapeMs = 200, host = '127.0.0.1' } = options
  const interval = `${scrapeMs}ms`
  const directory = mkdtempSync(join(tmpdir(), 'baton-prometheus-'))
  const file = join(directory, 'prometheus.yml')
  writeFileSync(
    file,
    JSON.stringify({
      global: {
        scrape_interval: interval,
        scrape_timeout: interval,
        evaluation_interval: interval,
      },
      rule_files: ruleFiles,
      scrape_configs: scrapeConfigs,
    }),
  )
  const port = await freePort()
  const flags = {
    'config.file': file,
    'storage.tsdb.path': join(directory, 'data'),
    'web.listen-address': `${host}:${port}`,
    'log.level': 'error',
  }
  const argv = Object.entries(flags).map(([name, value]) => `--${name}=${value}`)
  const process = spawn(PROGRAM, argv, { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<string>((resolve) => {
    process.once('error', (error) => {
      resolve(`${error.message}: npm run setup installs it`)
    })
    process.once('exit', (code, signal) => {
      resolve(`it ended with ${code ?? signal ?? 'nothing'}`)
    })
  })
  let fault: string | undefined
  void ended.then((text) => (fault = text))
  let said = ''
  process.stderr.on('data', (data: Buffer) => (said += data.toString()))
  const address = `http://${host}:${port}`
  const stop = async (): Promise<void> => {
    process.kill('SIGTERM')
    await ended
    rmSync(directory, { recursive: true, force: true })
  }
  try {
    await until(
      async () => {
        if (fault !== undefined) throw new Error(`prometheus: ${fault} ${said}`)
        const { statusCode, body } = await request(`${address}/-/ready`)
        await body.dump()
        return statusCode === 200
      },
      { deadlineMs: 20_000, what: 'a Prometheus that is ready' },
    )
  } catch (error) {
    await stop()
    throw error
  }
  return { address, stop }
}
