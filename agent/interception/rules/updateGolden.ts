/** Writes the golden files anew: read the difference before you commit it. */
import { writeFileSync } from 'node:fs'
import { goldenFile, goldenStates, renderGolden } from './testing/golden.ts'

for (const [name, state] of Object.entries(goldenStates))
  writeFileSync(goldenFile(name), renderGolden(state))
