/**
 * node:http as `require` gives it. An `import` of it also evaluates its exports that node loads
 * lazily (WebSocket and its events), and with them undici: measured with node 24.21, 13 MB resident
 * and 6 MB anonymous memory in every pod for nothing.
 */
export const { createServer, request } = process.getBuiltinModule('node:http')

/** node:https, loaded by those who need it only. */
export function httpsRequest(): typeof request {
  return process.getBuiltinModule('node:https').request
}
