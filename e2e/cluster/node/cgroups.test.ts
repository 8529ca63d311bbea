import { expect } from 'chai'
import { ClusterError } from '../errors.ts'
import { parseCgroups } from './cgroups.ts'

const v1 = ['cpu,cpuacct', 'cpuset', 'memory', 'pids', 'systemd'].map(
  (name) => `cgroup /sys/fs/cgroup/${name} cgroup rw,relatime,${name} 0 0`,
)

describe('cgroup hierarchies in /proc/mounts', () => {
  it('are all controllers in version 1, and pids tracks the processes', () => {
    const mounts = ['tmpfs /sys/fs/cgroup tmpfs rw 0 0', ...v1, ''].join('\n')
    const roots = ['cpu,cpuacct', 'cpuset', 'memory', 'pids', 'systemd'].map(
      (name) => `/sys/fs/cgroup/${name}`,
    )
    expect(parseCgroups(mounts)).to.deep.equal({
      version: 1,
      roots,
      all: roots,
      tracker: '/sys/fs/cgroup/pids',
    })
  })

  it('are version 1 when version 2 is only mounted beside it, and both are cleaned', () => {
    const hybrid = 'cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0'
    const found = parseCgroups([hybrid, ...v1].join('\n'))
    expect(found.version).to.equal(1)
    expect(found.roots).not.to.include('/sys/fs/cgroup/unified')
    expect(found.all).to.include('/sys/fs/cgroup/unified')
  })

  it('are one in version 2', () => {
    const path = '/sys/fs/cgroup'
    expect(parseCgroups(`cgroup2 ${path} cgroup2 rw,nsdelegate 0 0\n`)).to.deep.equal({
      version: 2,
      roots: [path],
      all: [path],
      tracker: path,
    })
  })

  it('are missed with a remedy when there are none', () => {
    expect(() => parseCgroups('proc /proc proc rw 0 0\n')).to.throw(ClusterError, /--privileged/)
  })
})
