/** Toggles in the network namespace of a pod: `node inside.ts OUTSIDE`; its last line is what was seen. */
import { runToggles } from './toggle.ts'

console.log(JSON.stringify(await runToggles(process.argv[2] ?? '')))
