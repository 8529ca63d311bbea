import { createInterface } from 'node:readline'
import { Generator } from './generator.ts'
import { parseCommand, type Reply } from './protocol.ts'

/**
 * Runs a generator that is commanded over stdin and answers on stdout. Resolves after `stop`, or
 * when stdin ends, even in the middle of a stop: that is the parent's death, and no load may
 * outlive it.
 */
export function serve(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  let generator: Generator | undefined

  const reply = (message: Reply) =>
    new Promise<void>((written) => {
      output.write(`${JSON.stringify(message)}\n`, () => {
        written()
      })
    })
  const obey = async (line: string): Promise<void> => {
    const command = parseCommand(line)
    if (command.command === 'start') {
      generator ??= new Generator(command.options)
      generator.start()
      return reply({ event: 'started' })
    }
    if (generator === undefined) throw new Error(`${command.command} before start`)
    if (command.command === 'snapshot') {
      return reply({ event: 'summary', id: command.id, summary: generator.snapshot() })
    }
    if (command.command === 'mark') {
      generator.mark(command.name)
      return reply({ event: 'marked', id: command.id })
    }
    const summary = await generator.stop(command.deadlineMs)
    await reply({ event: 'summary', id: command.id, summary })
    resolve(undefined)
  }

  const lines = createInterface({ input })
  lines.on('line', (line) => {
    obey(line).catch((error: unknown) =>
      reply({ event: 'error', message: error instanceof Error ? error.message : String(error) }),
    )
  })
  lines.once('close', () => {
    resolve(undefined)
  })
  return promise
}
