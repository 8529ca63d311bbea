import { expect } from 'chai'
import { nodeBinary } from './base.ts'
import { sharedLibraries } from './closure.ts'
import { runInImage } from './testing/runInImage.ts'
import { crashingImage, deafImage, envoyImage, PROXY_PATH } from './workloads.ts'

describe('the workload images', () => {
  const envoy = (config: string, tag?: string): ReturnType<typeof envoyImage> =>
    envoyImage({ version: '1.38.3', binary: '/bin/cat', config, ...(tag && { tag }) })

  it('have the proxy and the configuration where SidecarSets expect them', function () {
    const output = runInImage(this, envoy('admin: {}\n'), [PROXY_PATH, '/etc/envoy/envoy.yaml'])
    expect(output).to.equal('admin: {}\n')
  })

  it('of one proxy version share its layer, whatever the configuration', () => {
    const [one, two] = [envoy('a'), envoy('b', '1.38.3-b')]
    expect(two.name).to.equal('registry.baton.test:5000/envoy:1.38.3-b')
    expect(two.digest).not.to.equal(one.digest)
    expect(two.blobs[2]).to.deep.equal(one.blobs[2])
  })

  it('include a proxy that crashes at once', function () {
    expect(() => runInImage(this, crashingImage(), [PROXY_PATH])).to.throw(
      /ended with 1: crashing, as told/,
    )
  })

  it('include a proxy that lives and never listens', function () {
    const script = `
      const child = require('node:child_process').spawn('${PROXY_PATH}', { stdio: ['pipe', 'pipe', 'inherit'] })
      child.stdout.once('data', (text) => { console.log('said: ' + text); child.kill('SIGTERM') })
      child.once('exit', (code, signal) => console.log(code, signal))`
    const output = runInImage(this, deafImage(), ['/usr/local/bin/node', '-e', script])
    expect(output).to.equal('said: never listening\n\nnull SIGTERM\n')
  })
})

describe('the shared libraries of a program', () => {
  it('include the loader and the C library', () => {
    const paths = Object.keys(sharedLibraries(nodeBinary()))
    expect(paths.filter((path) => /\/(ld-linux|libc\.so|libstdc\+\+)/.test(path))).to.have.length(3)
  })

  it('of a file that is not there are asked in vain', () => {
    expect(() => sharedLibraries('/nonexistent')).to.throw(/\/nonexistent/)
  })
})
