import { bundle } from './bundle.ts'
import { buildPage, PAGE_CONSTANT } from './page.ts'

// For Dockerfiles: node build/bundle/main.ts ENTRY OUT_FILE [--page]
const [entry, outFile, page] = process.argv.slice(2)
if (entry === undefined || outFile === undefined) {
  console.error('usage: node build/bundle/main.ts ENTRY OUT_FILE [--page]')
  process.exit(2)
}
const define = page === '--page' ? { [PAGE_CONSTANT]: await buildPage() } : {}
await bundle({ entry, outFile, define })
