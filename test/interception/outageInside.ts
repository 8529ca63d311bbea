/** Failures in the network namespace of a pod: `node outageInside.ts ORDERS OUTSIDE`; its last line is what became of them. */
import type { OutageOrder } from './outage.ts'
import { runOutages } from './outage.ts'

const [orders = '', outside = ''] = process.argv.slice(2)
console.log(JSON.stringify(await runOutages(JSON.parse(orders) as OutageOrder[], outside)))
