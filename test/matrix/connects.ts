import { connect } from 'node:net'
import type { Target } from '../ledger/index.ts'

/** Whether somebody listens there. */
export function connects({ host, port }: Target): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => {
      resolve(false)
    })
  })
}
