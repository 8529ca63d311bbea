import { expect } from 'chai'
import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fingerprint, readStamp, writeStamp } from './fingerprint.ts'

describe('a fingerprint', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'baton-fingerprint-'))
    mkdirSync(join(root, 'src/deep'), { recursive: true })
    writeFileSync(join(root, 'src/a.ts'), 'a')
    writeFileSync(join(root, 'src/deep/b.ts'), 'b')
    writeFileSync(join(root, 'src/a.test.ts'), 'test')
    writeFileSync(join(root, 'other.ts'), 'other')
  })
  afterEach(() => {
    rmSync(root, { recursive: true })
  })
  const take = (): string => fingerprint(root, ['src/**/*.ts', 'src/a.ts'])

  const changes: Record<string, [change: () => void, isSeen: boolean]> = {
    'another content': [
      () => {
        writeFileSync(join(root, 'src/deep/b.ts'), 'B')
      },
      true,
    ],
    'a new file': [
      () => {
        writeFileSync(join(root, 'src/c.ts'), '')
      },
      true,
    ],
    'a file gone': [
      () => {
        rmSync(join(root, 'src/a.ts'))
      },
      true,
    ],
    'another name': [
      () => {
        renameSync(join(root, 'src/a.ts'), join(root, 'src/z.ts'))
      },
      true,
    ],
    'content moved from one file to the next': [
      () => {
        writeFileSync(join(root, 'src/a.ts'), 'asrc/deep/b.ts')
        writeFileSync(join(root, 'src/deep/b.ts'), '')
      },
      true,
    ],
    'another time': [
      () => {
        utimesSync(join(root, 'src/a.ts'), 1, 1)
      },
      false,
    ],
    'a changed test': [
      () => {
        writeFileSync(join(root, 'src/a.test.ts'), 'x')
      },
      false,
    ],
    'a file that no glob finds': [
      () => {
        writeFileSync(join(root, 'other.ts'), 'x')
      },
      false,
    ],
  }
  for (const [what, [change, isSeen]] of Object.entries(changes))
    it(`${isSeen ? 'changes with' : 'stays the same with'} ${what}`, () => {
      const before = take()
      change()
      expect(take() !== before).to.equal(isSeen)
    })

  it('is kept in a stamp', async () => {
    const file = join(root, 'stamps/one')
    expect(await readStamp(file)).to.equal(undefined)
    await writeStamp(file, 'x')
    expect(await readStamp(file)).to.equal('x')
  })
})
