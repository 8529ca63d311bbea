import { expect } from 'chai'
import { Writable } from 'node:stream'
import { ApiError } from '../transport/apiError.ts'
import { createLogger } from './logger.ts'
import type { Logger, LogLevel } from './logger.ts'

describe('logger', () => {
  const capture = (level: LogLevel = 'info'): { logger: Logger; entries: () => unknown[] } => {
    let text = ''
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        text += chunk.toString()
        done()
      },
    })
    const entries = (): unknown[] =>
      text
        .split('\n')
        .filter((line) => line !== '')
        .map((line): unknown => JSON.parse(line))
    return { logger: createLogger({ level, stream, fields: { app: 'x' } }), entries }
  }

  it('writes a line of JSON with the fields of all its ancestors', () => {
    const { logger, entries } = capture()
    logger.with({ controller: 'c' }).info('something happened', { key: 'a/b' })
    const [entry] = entries()
    expect(entry).to.include({ level: 'info', message: 'something happened', app: 'x' })
    expect(entry).to.include({ controller: 'c', key: 'a/b' })
    expect(entry)
      .to.have.property('time')
      .that.matches(/^\d{4}-.*Z$/)
  })

  it('writes nothing below its level', () => {
    const { logger, entries } = capture('warn')
    logger.info('not this')
    logger.warn('this')
    expect(entries()).to.have.length(1)
  })

  it('tells the code and the causes of an error, and the stack of an unforeseen one', () => {
    const { logger, entries } = capture()
    const cause = new Error('socket hang up')
    logger.error('call failed', {
      error: new ApiError({ code: 'ConnectionFailed', message: 'GET /', cause }),
    })
    expect(entries()[0]).to.have.nested.property('error.code', 'ConnectionFailed')
    expect(entries()[0]).not.to.have.nested.property('error.stack')
    expect(entries()[0]).to.have.nested.property('error.cause.message', 'socket hang up')
    expect(entries()[0]).to.have.nested.property('error.cause.stack').that.contains('socket')
  })
})
