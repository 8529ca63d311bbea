import { startSuite } from '../runSuite.ts'

/** Runs a suite that loses a process, tells its result, and has nothing more to do. */
const suite = { name: 'losing', what: '', files: [], timeoutMs: 1_000 }
const program = new URL('leavesOneBehind.ts', import.meta.url)
const result = await startSuite(suite, { grep: undefined, environment: {}, program }).shown()
console.log(JSON.stringify(result))
