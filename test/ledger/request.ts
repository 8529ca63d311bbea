/** An HTTP/1.1 request head, with the empty line that ends it. */
export function requestHead(
  method: 'GET' | 'POST',
  path: string,
  authority: string,
  ...headers: readonly string[]
): string {
  return [`${method} ${path} HTTP/1.1`, `Host: ${authority}`, ...headers, '', ''].join('\r\n')
}
