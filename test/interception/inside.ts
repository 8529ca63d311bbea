/** One run in the network namespace of a pod: `node inside.ts ORDER`; its last line is the result. */
import type { Order } from './order.ts'
import { runScenario } from './scenario.ts'

const order = JSON.parse(process.argv[2] ?? '') as Order
console.log(JSON.stringify(await runScenario(order)))
