import { expect } from 'chai'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { imagesStep } from './images.ts'
import type { ImageList } from './images.ts'

describe('the images of the set-up', () => {
  let root = ''
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'baton-images-'))
    mkdirSync(join(root, 'dist'))
    for (const name of ['operator.js', 'webhook.js', 'agent.js', 'cli.js', 'launcher'])
      writeFileSync(join(root, 'dist', name), name)
  })
  afterEach(() => {
    rmSync(root, { recursive: true })
  })
  const run = (): Promise<void> =>
    imagesStep({ root }).run({ signal: new AbortController().signal, say: () => undefined })
  const list = (): ImageList =>
    JSON.parse(readFileSync(join(root, 'dist/images/images.json'), 'utf8')) as ImageList

  it('are made again when a program changed, and the old archive goes', async () => {
    const step = imagesStep({ root })
    expect(await step.isDone()).to.equal(false)
    await run()
    expect(await step.isDone()).to.equal(true)
    const before = list()
    writeFileSync(join(root, 'dist/agent.js'), 'changed')
    expect(await step.isDone()).to.equal(false)
    await run()
    expect(list().operator).to.deep.equal(before.operator)
    expect(list().agent.name).not.to.equal(before.agent.name)
    expect(readdirSync(join(root, 'dist/images')).sort()).to.deep.equal(
      [list().archive, 'images.json'].sort(),
    )
  })

  it('are made again when the archive is gone', async () => {
    await run()
    rmSync(join(root, 'dist/images', list().archive))
    expect(await imagesStep({ root }).isDone()).to.equal(false)
    await run()
    expect(existsSync(join(root, 'dist/images', list().archive))).to.equal(true)
  })
})
