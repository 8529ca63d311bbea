// Stands for a proxy that fails: accepts what comes at the port, and then, told by a signal:
//   SIGHUP   works for ever, and accepts nothing
//   SIGUSR2  waits for ever, and accepts nothing
//   node failingProxy.ts PORT
import { createServer } from 'node:net'

process.on('SIGHUP', () => {
  for (;;);
})
process.on('SIGUSR2', () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
})
createServer((socket) => {
  socket.on('error', () => undefined)
}).listen(Number(process.argv[2]), '127.0.0.1')
