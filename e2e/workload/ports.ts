/** Where the test pods listen: Envoy on all addresses, the app behind it on loopback. */
export const PORTS = {
  /** HTTP/1.1 and HTTP/2 by prior knowledge, IPv4. */
  http: 10000,
  /** The same on IPv6, dual stack. */
  httpIpv6: 10001,
  /** Raw TCP, proxied to the app's echo. */
  tcp: 10002,
  admin: 9901,
  /** Where interception brings what comes in, and what the app sends. */
  inbound: 15006,
  outbound: 15001,
  app: 8080,
  echo: 9000,
} as const
