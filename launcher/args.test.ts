import { expect } from 'chai'
import { describe, it } from 'mocha'
import { launcherBinary } from './testing/binary.ts'
import { createPod } from './testing/pod.ts'
import { startProcess } from './testing/process.ts'

const wrong: readonly (readonly [words: string, message: string])[] = [
  ['', 'usage:'],
  ['walk', 'usage:'],
  ['install', 'usage:'],
  ['ctl x.sock', 'usage:'],
  ['run', 'no command'],
  ['run --slot a --dir /tmp', 'no command'],
  ['run --slot a --dir /tmp --', 'no command'],
  ['run --slot', 'option wants a value'],
  ['run --slot a -- true', 'run wants --slot NAME and --dir DIR'],
  ['run --dir /tmp -- true', 'run wants --slot NAME and --dir DIR'],
  ['run --slot A/b --dir /tmp -- true', '--slot wants'],
  [`run --slot ${'a'.repeat(64)} --dir /tmp -- true`, '--slot wants'],
  ['run --slot a --dir /tmp --private 80 -- true', '--private wants'],
  ['run --slot a --dir /tmp --private 0=80 -- true', '--private wants'],
  ['run --slot a --dir /tmp --private 80=65536 -- true', '--private wants'],
  ['run --slot a --dir /tmp --private 80=81x -- true', '--private wants'],
  ['run --slot a --dir /tmp --private 80=81, -- true', '--private wants'],
  ['run --slot a --dir /tmp --private 80=81,0 -- true', '--private wants'],
  ['run --slot a --dir /tmp --private 80=81,82,83 -- true', '--private wants'],
  ['run --slot a --dir /tmp --private 80=81,81 -- true', 'another port for TO2'],
  ['run --slot a --dir /tmp --grace soon -- true', '--grace wants'],
  ['run --slot a --dir /tmp --allow-uid -1 -- true', '--allow-uid wants'],
  ['run --slot a --dir /tmp --loud yes -- true', 'unknown option: --loud'],
  ['keep -- true', 'keep wants --keeper SOCK'],
  ['keep --keeper /tmp/k --slot a -- true', 'unknown option: --slot'],
]

describe('command line', () => {
  for (const [words, message] of wrong) {
    it(`'launcher ${words.slice(0, 60)}' is refused: ${message}`, async () => {
      const launcher = startProcess([await launcherBinary(), ...words.split(' ').filter(Boolean)])
      expect(await launcher.exited).to.deep.equal({ code: 2, signal: null })
      expect(launcher.output.join('\n')).to.include(message)
    })
  }

  it('a socket path that the kernel cannot take is an error, not a cut name', async () => {
    const pod = await createPod()
    const words = ['run', '--slot', 'a', '--dir', `${pod.runDir}/${'x'.repeat(100)}`, '--', 'true']
    const launcher = startProcess([await launcherBinary(), ...words])
    expect((await launcher.exited).code).to.equal(1)
    expect(launcher.output.join('\n')).to.include('Filename too long')
    await pod.end()
  })
})
