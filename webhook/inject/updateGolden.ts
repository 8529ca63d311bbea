import { goldenFiles, writeGolden } from './testing/golden.ts'

// Run with node after a wanted change of the injection, and read the difference before committing.
for (const golden of goldenFiles()) writeGolden(golden)
