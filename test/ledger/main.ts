import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseCommandLine, usage } from './commandLine.ts'
import { LedgerError } from './error.ts'
import { Generator } from './generator.ts'
import { startOrigin } from './origin.ts'
import { formatReport } from './report.ts'
import { serve } from './serve.ts'

async function main(): Promise<number> {
  const invocation = parseCommandLine(process.argv.slice(2))
  switch (invocation.mode) {
    case 'help':
      process.stdout.write(usage)
      return 0
    case 'stdio':
      await serve(process.stdin, process.stdout)
      return 0
    case 'origin': {
      const { http, grpc, tcp, dubbo } = await startOrigin(invocation.host, invocation.ports)
      process.stdout.write(`${JSON.stringify({ http, grpc, tcp, dubbo })}\n`)
      // The end of stdin is the parent's death, and no origin may outlive it.
      process.stdin.resume()
      await Promise.race([once(process.stdin, 'close'), once(process, 'SIGTERM')])
      return 0
    }
    case 'run': {
      const interrupt = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const) {
        process.once(signal, () => {
          interrupt.abort()
        })
      }
      const generator = new Generator(invocation.options)
      generator.start()
      // An interrupt ends the load early, and its numbers are still worth having.
      await sleep(invocation.seconds * 1000, undefined, { signal: interrupt.signal }).catch(
        () => undefined,
      )
      const summary = await generator.stop()
      process.stdout.write(invocation.json ? `${JSON.stringify(summary)}\n` : formatReport(summary))
      return summary.total.lost + summary.total.skipped > 0 ? 1 : 0
    }
  }
}

try {
  // Sockets that are still lingering must not keep the process.
  process.exit(await main())
} catch (error) {
  const known = error instanceof LedgerError
  process.stderr.write(`ledger: ${known ? error.message : String(error)}\n`)
  process.exit(2)
}
