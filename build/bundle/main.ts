import { bundle } from './bundle.ts'

// For Dockerfiles: node build/bundle/main.ts ENTRY OUT_FILE
const [entry, outFile] = process.argv.slice(2)
if (entry === undefined || outFile === undefined) {
  console.error('usage: node build/bundle/main.ts ENTRY OUT_FILE')
  process.exit(2)
}
await bundle({ entry, outFile })
