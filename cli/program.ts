import { CliError } from './cliError.ts'
import type { Cluster } from './cluster/cluster.ts'
import { connectCluster } from './cluster/cluster.ts'
import { explain } from './cluster/explain.ts'
import type { Io } from './commandline/command.ts'
import type { Flags } from './commandline/flags.ts'
import { helpOf, overview } from './commandline/help.ts'
import { parse } from './commandline/parse.ts'
import { COMPLETE, completionAnswer } from './completion/answer.ts'
import { commands } from './commands/index.ts'
import type { Exit } from './exitCode.ts'
import { exits } from './exitCode.ts'
import { failureOf } from './output/failure.ts'
import type { Format } from './output/format.ts'
import { parseFormat, render } from './output/format.ts'

/** Carries out one command line. Never throws. Answers the exit code of the process. */
export async function runProgram(args: readonly string[], io: Io): Promise<number> {
  let format: Format = formatAskedFor(args)
  let cluster: Cluster | undefined
  // Requests that are under way end with it.
  io.signal.addEventListener('abort', () => void cluster?.close())
  try {
    if (args[0] === COMPLETE) {
      const connectNow = (): Cluster => (cluster ??= connectCluster({ env: io.env }))
      io.print(await completionAnswer(args.slice(1), commands, connectNow))
      return exits.complete.code
    }
    const parsed = parse(args, commands)
    if (parsed.kind === 'help') {
      io.print(parsed.command === undefined ? overview(commands) : helpOf(parsed.command))
      return exits.complete.code
    }
    const { command, operands, flags } = parsed
    format = parseFormat(flags.text('output'))
    const outcome = await command.run({
      operands,
      flags,
      io,
      forPeople: format.kind === 'text',
      cluster: () => (cluster ??= connect(flags, io)),
    })
    io.print(render(format, outcome))
    return exits[outcome.exit].code
  } catch (error) {
    const known = cluster === undefined ? error : explain(error, cluster)
    return fail(interrupted(known, io), format, io)
  } finally {
    await cluster?.close()
  }
}

function fail(error: unknown, format: Format, io: Io): number {
  const failure = failureOf(error)
  // A template made for another document would print nothing or nonsense.
  if (format.kind === 'json' || format.kind === 'yaml') io.print(render(format, failure))
  io.warn(failure.text)
  return exits[failure.exit satisfies Exit].code
}

function connect(flags: Flags, io: Io): Cluster {
  return connectCluster({
    kubeconfig: flags.text('kubeconfig'),
    context: flags.text('context'),
    namespace: flags.text('namespace'),
    requestTimeoutMs: flags.duration('request-timeout'),
    env: io.env,
  })
}

/** For errors in the command line itself: what it asks for can be read all the same. */
function formatAskedFor(args: readonly string[]): Format {
  const joined = args.map((one) => one.replace(/^(--output=|-o=?)(?=.)/, '')).join(' ')
  const asksFor = args.some((one) => /^(-o|--output)/.test(one))
  if (!asksFor) return { kind: 'text' }
  const found = /\b(json|yaml)\b(?!path)/.exec(joined)?.[1]
  return { kind: found === 'json' || found === 'yaml' ? found : 'text' }
}

function interrupted(error: unknown, io: Io): unknown {
  if (!io.signal.aborted || error instanceof CliError) return error
  return new CliError({ exit: 'error', reason: 'Interrupted', message: 'stopped by the user' })
}
