// The first program that runs after a checkout: `node build/setup/bootstrap.mjs [command] [args…]`.
//
// It is started by whatever node (18 or newer) the machine has, maybe before node_modules exists, so
// it uses nothing but node's own modules and is not TypeScript. It installs the npm packages when
// they are not those of package-lock.json, then hands over to main.ts under the project's own node.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const oldestNode = 18
const root = resolve(fileURLToPath(import.meta.url), '../../..')
const ownNode = join(root, 'node_modules/.bin/node')

if (Number(process.versions.node.split('.')[0]) < oldestNode)
  fail(
    `this is node ${process.versions.node}; node ${oldestNode} or newer is needed to begin with\n` +
      'Install one, for example from your distribution; the project then brings its own node 24.',
  )

if (!isInstalled()) await installPackages()
process.exitCode = await run(
  ownNode,
  [join(root, 'build/setup/main.ts'), ...process.argv.slice(2)],
  {
    PATH: `${join(root, 'node_modules/.bin')}${delimiter}${process.env.PATH ?? ''}`,
  },
)

/**
 * npm writes what it has installed into a hidden lockfile, last of all: an `npm ci` that was killed
 * has none. So it says more than the age of a file.
 */
function isInstalled() {
  const wanted = readPackages('package-lock.json')
  const present = readPackages('node_modules/.package-lock.json')
  if (wanted === undefined) fail(`there is no package-lock.json in ${root}; check it out again`)
  if (present === undefined || !existsSync(ownNode)) return false
  return Object.entries(wanted).every(([path, entry]) => {
    // The project itself; and optional packages are those for other operating systems.
    if (path === '' || (entry.optional === true && present[path] === undefined)) return true
    const found = present[path]
    return found?.version === entry.version && found?.integrity === entry.integrity
  })
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8')).packages
  } catch {
    return undefined
  }
}

async function installPackages() {
  const began = Date.now()
  const seconds = () => `${Math.round((Date.now() - began) / 1000)} s`
  console.error('npm packages: installing what package-lock.json says (npm ci)')
  const timer = setInterval(
    () => console.error(`npm packages: still installing, ${seconds()}`),
    15_000,
  )
  // When npm started this program, npm_execpath is the npm to use; it may not be on PATH.
  const npm = process.env.npm_execpath
  const [program, ...args] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm']
  const code = await run(program, [...args, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    // npm runs lifecycle scripts with the settings of the npm above it, and `npm test` has some.
    npm_config_global: 'false',
  })
  clearInterval(timer)
  if (code !== 0)
    fail(
      `npm ci ended with code ${code} after ${seconds()}\n` +
        'What it says above is the reason. Without a network, set npm_config_registry to a mirror that ' +
        'can be reached; then run this again.',
    )
  if (!isInstalled())
    fail(
      'npm ci ended well, but node_modules is not what package-lock.json says\n' +
        'The package "node" needs its install script: check that npm config get ignore-scripts is false.',
    )
  console.error(`npm packages: installed in ${seconds()}`)
}

/** Runs a program on our terminal; resolves to its exit code. */
function run(program, args, env) {
  return new Promise((resolved) => {
    let child
    // A terminal sends Ctrl-C to the child itself; twice would cut its clean-up short.
    const forward = (signal) => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child?.kill(signal)
    }
    // Before it starts: whoever is ended between the two leaves a program behind that nobody ends.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward)
    child = spawn(program, args, {
      cwd: root,
      stdio: ['inherit', program === ownNode ? 'inherit' : 2, 'inherit'],
      env: { ...process.env, ...env },
    })
    child.on('error', (error) => fail(`cannot start ${program}: ${error.message}`))
    child.on('exit', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(name, forward)
      resolved(code ?? (signal === 'SIGINT' ? 130 : 143))
    })
  })
}

function fail(message) {
  console.error(`set-up: ${message}`)
  process.exit(1)
}
