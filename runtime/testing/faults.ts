export interface Fault {
  /** Defaults to every method. */
  readonly method?: string
  /** Tested against the path with its query. Defaults to every path. */
  readonly path?: RegExp
  /**
   * The status of the answer; 0 cuts the connection instead; -1 never answers. Absent: the request
   * is carried out, and answered as it should be unless something below says otherwise.
   */
  readonly status?: number
  /** The request is carried out, and its answer gets lost with the connection. */
  readonly answerLost?: boolean
  /** The connection is cut at once, and the request carried out so much later. */
  readonly lateMs?: number
  /** The server does nothing for so long before it deals with the request. */
  readonly stallMs?: number
  readonly retryAfterSeconds?: number
  /** What the answer says. */
  readonly message?: string
  /** How often. Defaults to 1. */
  readonly times?: number
  /** Called for each request that meets it, before anything else is done. */
  readonly onMet?: () => void
  /** Requests that are let through before. Defaults to 0. */
  readonly after?: number
}

/** The faults a test has ordered. */
export interface Faults {
  order(fault: Fault): void
  /** The fault for this request, if any; each is used up `times` times. */
  take(method: string, path: string): Fault | undefined
  clear(): void
}

export function createFaults(): Faults {
  let ordered: { readonly fault: Fault; left: number; ahead: number }[] = []
  return {
    order: (fault) => {
      ordered.push({ fault, left: fault.times ?? 1, ahead: fault.after ?? 0 })
    },
    take: (method, path) => {
      const found = ordered.find(
        ({ fault }) =>
          (fault.method === undefined || fault.method === method) &&
          (fault.path === undefined || fault.path.test(path)),
      )
      if (found === undefined) return undefined
      if (found.ahead > 0) {
        found.ahead--
        return undefined
      }
      found.left--
      if (found.left <= 0) ordered = ordered.filter((entry) => entry !== found)
      return found.fault
    },
    clear: () => {
      ordered = []
    },
  }
}
