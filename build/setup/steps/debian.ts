import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../command.ts'
import { SetupError } from '../error.ts'
import type { Step } from '../step.ts'

interface DebianPackage {
  readonly name: string
  /** A program on PATH, or an absolute path (any of them), that the package brings. */
  readonly proof: readonly string[]
}

const packages: readonly DebianPackage[] = [
  { name: 'containerd', proof: ['containerd'] },
  { name: 'runc', proof: ['runc'] },
  {
    name: 'containernetworking-plugins',
    proof: ['/usr/lib/cni/ptp', '/opt/cni/bin/ptp', '/usr/libexec/cni/ptp'],
  },
  { name: 'iptables', proof: ['iptables'] },
  { name: 'nftables', proof: ['nft'] },
  { name: 'iproute2', proof: ['ip'] },
  { name: 'procps', proof: ['ps'] },
  // Tests put it into an image of its own, so it must not need a C library.
  { name: 'busybox-static', proof: ['/bin/busybox'] },
  { name: 'python3', proof: ['python3'] },
  { name: 'prometheus', proof: ['prometheus'] },
  { name: 'musl-tools', proof: ['musl-gcc'] },
  { name: 'gcc', proof: ['gcc'] },
  { name: 'linux-libc-dev', proof: ['/usr/include/linux/seccomp.h'] },
]

const javaPackages: readonly DebianPackage[] = [
  { name: 'default-jdk-headless', proof: ['javac'] },
  { name: 'maven', proof: ['mvn'] },
]

/** What the console is looked at with. */
const browserPackages: readonly DebianPackage[] = [
  { name: 'chromium', proof: ['chromium', 'chromium-browser', 'google-chrome'] },
  // Without one a page has no text.
  { name: 'fonts-dejavu-core', proof: ['/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf'] },
]

export interface DebianOptions {
  /** Folders that programs are looked for in. */
  readonly path: readonly string[]
  /** Whether Python's pip will be needed; looking for it takes a third of a second. */
  readonly needsPip: () => boolean
  /** Whether Java programs will be built and run. Defaults to false. */
  readonly needsJava?: boolean
  /** Whether pages will be looked at. Defaults to false. */
  readonly needsBrowser?: boolean
}

/**
 * The packages that are missing, judged by what they bring and not by their names: the containerd
 * of other vendors is as good, and to install Debian's in its place would remove it.
 */
export function missingPackages(options: DebianOptions): string[] {
  const { path, needsPip, needsJava = false, needsBrowser = false } = options
  const isThere = (proof: string): boolean =>
    proof.startsWith('/')
      ? existsSync(proof)
      : path.some((folder) => existsSync(join(folder, proof)))
  const wanted = [
    ...packages,
    ...(needsJava ? javaPackages : []),
    ...(needsBrowser ? browserPackages : []),
  ]
  const missing = wanted.filter(({ proof }) => !proof.some(isThere)).map(({ name }) => name)
  return needsPip() && !hasPip() ? [...missing, 'python3-pip'] : missing
}

export function debianStep(options: DebianOptions): Step {
  return {
    name: 'debian packages',
    what: 'containerd, runc, CNI plugins, nftables, iptables, musl, busybox, prometheus',
    needs: [],
    isDone: () => Promise.resolve(missingPackages(options).length === 0),
    run: async ({ signal, say }) => {
      const missing = missingPackages(options)
      const install = ['apt-get', 'install', '--yes', '--no-install-recommends', ...missing]
      checkApt(install, options.path)
      // Another package manager may be at work, for example unattended upgrades after boot.
      const patience = ['-o', 'DPkg::Lock::Timeout=120', '-o', 'Acquire::Retries=3']
      const common = {
        signal,
        onLine: (line: string) => {
          say(line.slice(0, 60))
        },
        remedy: `Run by hand, as root: ${install.join(' ')}`,
      }
      say('reading package lists')
      await runCommand(['apt-get', 'update', ...patience], common)
      // Nothing of the user's may go to make room for ours.
      const quiet = ['env', 'DEBIAN_FRONTEND=noninteractive']
      await runCommand([...quiet, ...install, '--no-remove', ...patience], common)
    },
  }
}

function checkApt(install: readonly string[], path: readonly string[]): void {
  const tried = install.join(' ')
  if (!path.some((folder) => existsSync(join(folder, 'apt-get'))))
    throw new SetupError({
      code: 'NotDebian',
      tried,
      seen: 'this machine has no apt-get',
      remedy:
        'Install what these packages bring in the way of your distribution, or use Debian 12 or newer.',
    })
  if (process.getuid?.() !== 0)
    throw new SetupError({
      code: 'NotRoot',
      tried,
      seen: 'only root may install packages',
      remedy: `Run sudo ${tried}, or run this with sudo -E.`,
    })
}

function hasPip(): boolean {
  return spawnSync('python3', ['-m', 'pip', '--version'], { stdio: 'ignore' }).status === 0
}
