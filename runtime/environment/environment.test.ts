import { expect } from 'chai'
import type { Environment } from './environment.ts'
import { EnvironmentError, readerOf } from './environment.ts'

type Reader = ReturnType<typeof readerOf>

describe('the environment', () => {
  const good: Readonly<Record<string, [Environment, (of: Reader) => unknown, unknown]>> = {
    'gives what is set': [{ A: 'x' }, (of) => of.required('A'), 'x'],
    'gives a default for what is not': [{}, (of) => of.text('A', 'y'), 'y'],
    'reads ports': [{ P: '8081' }, (of) => of.port('P', 1), 8081],
    'reads seconds as milliseconds': [{ S: '90' }, (of) => of.seconds('S', 1, 5), 90_000],
    'has seconds by default': [{}, (of) => of.seconds('S', 1, 5), 5_000],
    'reads one of several words': [{ W: 'b' }, (of) => of.oneOf('W', ['a', 'b'], 'a'), 'b'],
    'logs from info on': [{}, (of) => of.logLevel(), 'info'],
  }
  for (const [title, [environment, read, expected]] of Object.entries(good))
    it(title, () => {
      expect(read(readerOf(environment))).to.equal(expected)
    })

  const bad: Readonly<Record<string, [Environment, (of: Reader) => unknown, RegExp]>> = {
    'nothing where something must be': [{}, (of) => of.required('A'), /A is not set; set it/],
    'an empty text where something must be': [{ A: '' }, (of) => of.required('A'), /A is not set/],
    'a port that is none': [{ P: 'http' }, (of) => of.port('P', 1), /P is 'http'.*0 to 65535/],
    'a port beyond the last': [{ P: '65536' }, (of) => of.port('P', 1), /P is '65536'/],
    'an empty port': [{ P: '' }, (of) => of.port('P', 1), /P is ''/],
    'fewer seconds than allowed': [{ S: '0' }, (of) => of.seconds('S', 1, 5), /S is '0'.*from 1/],
    'half a second': [{ S: '1.5' }, (of) => of.seconds('S', 1, 5), /S is '1.5'/],
    'another word': [{ W: 'c' }, (of) => of.oneOf('W', ['a', 'b'], 'a'), /W is 'c'.*a, b/],
    'an unknown level': [{ LOG_LEVEL: 'loud' }, (of) => of.logLevel(), /debug, info, warn, error/],
  }
  for (const [title, [environment, read, words]] of Object.entries(bad))
    it(`refuses ${title} and says what to do`, () => {
      expect(() => read(readerOf(environment))).to.throw(EnvironmentError, words)
    })
})
