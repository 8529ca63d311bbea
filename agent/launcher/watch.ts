import { createConnection } from 'node:net'

export interface WatchOptions {
  readonly path: string
  /** Called for every line of the launcher and when it goes; the caller looks for itself what is. */
  readonly onChange: () => void
}

const RETRY_MS = 100

/**
 * Stays connected to a launcher with `watch`, so that the agent hears of an event at once. What the
 * event was does not matter: the agent asks for the status, which is true, where an event is late.
 * Ends when aborted; never throws.
 */
export async function watchLauncher(options: WatchOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const heard = await watchOnce(options, signal)
    if (heard) options.onChange()
    await pause(RETRY_MS, signal)
  }
}

/** Resolves to whether there was a launcher, when the connection has ended. */
function watchOnce({ path, onChange }: WatchOptions, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path)
    let heard = false
    const abort = (): void => {
      socket.destroy()
    }
    signal.addEventListener('abort', abort, { once: true })
    socket.once('connect', () => socket.write('watch\n'))
    socket.on('data', () => {
      heard = true
      onChange()
    })
    // 'close' follows every 'error'.
    socket.on('error', () => undefined)
    socket.once('close', () => {
      signal.removeEventListener('abort', abort)
      resolve(heard)
    })
    if (signal.aborted) abort()
  })
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, signal.aborted ? 0 : ms)
    signal.addEventListener('abort', done, { once: true })
  })
}
