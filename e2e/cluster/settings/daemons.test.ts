import { expect } from 'chai'
import { execFileSync } from 'node:child_process'
import { layoutOf } from '../layout.ts'
import { planOf } from '../plan.ts'
import { daemonNames, daemonScript, daemons } from './daemons.ts'

const options = {
  layout: layoutOf('/cache', 'a'),
  plan: planOf(3),
  nodeName: 'baton-a',
  programs: '/programs',
}

describe('the daemons of a node', () => {
  for (const name of daemonNames) {
    it(`start ${name} by its own name, which tells the one binary what to be`, () => {
      expect(daemons(options)[name][0]).to.match(new RegExp(`(^|/programs/)${name}$`))
    })
  }

  it('take the addresses of the plan', () => {
    const flags = daemons(options)['kube-apiserver']
    expect(flags).to.include('--advertise-address=10.99.3.2')
    expect(flags).to.include('--service-cluster-ip-range=10.115.0.0/16')
  })

  it('get each argument as it is, whatever the shell thinks of it', () => {
    const odd = ["it's", '$HOME', '*', 'a b', '']
    const script = daemonScript('etcd', ['printf', '%s\\n', ...odd], options)
    expect(execFileSync('bash', ['-c', script]).toString()).to.equal(`${odd.join('\n')}\n`)
  })

  it('wait for the API server when they are its clients', () => {
    const waiting = daemonNames.filter((name) => /6443/.test(daemonScript(name, [name], options)))
    expect(waiting).to.have.members([
      'kube-controller-manager',
      'kube-scheduler',
      'kubelet',
      'kube-proxy',
    ])
  })
})
