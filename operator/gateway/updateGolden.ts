import { goldenFiles, writeGolden } from './testing/golden.ts'

for (const golden of goldenFiles()) writeGolden(golden)
