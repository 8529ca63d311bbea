/** One run in a network of its own: `node inside.ts ORDER`; its last line is the result. */
import { allProxies } from '../proxies/all.ts'
import { measure } from './measure.ts'
import { bringUpLoopback } from './network.ts'
import type { Order } from './runOne.ts'

const order = JSON.parse(process.argv[2] ?? '') as Order
const proxy = allProxies().find(({ name }) => name === order.proxy)
if (proxy === undefined) throw new Error(`no proxy is called ${order.proxy}`)
bringUpLoopback()
const run = await measure({ ...order, proxy, log: console.log })
console.log(JSON.stringify(run))
