export interface Viewport {
  readonly scrollTop: number
  readonly height: number
  readonly rowHeight: number
  readonly count: number
}

export interface Window {
  /** Index of the first row that is drawn. */
  readonly first: number
  /** After the last one. */
  readonly end: number
}

/** Drawn beyond the edges, so that scrolling shows no gaps before the next frame. */
const OVERSCAN = 8

/** Which of many rows are drawn: those that can be seen, and a few around them. */
export function windowOf({ scrollTop, height, rowHeight, count }: Viewport): Window {
  const top = Math.floor(Math.max(0, scrollTop) / rowHeight)
  const shown = Math.ceil(height / rowHeight)
  const first = Math.max(0, Math.min(top, count - shown) - OVERSCAN)
  return { first, end: Math.min(count, top + shown + OVERSCAN) }
}
