import { runTests } from './runner/run.ts'

process.exitCode = await runTests(process.argv.slice(2))
