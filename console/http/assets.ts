/** The page: what the browser loads, by path. */
export type Assets = ReadonlyMap<string, Asset>

export interface Asset {
  readonly type: string
  readonly body: string
}

/** Put in by the bundle. */
declare const BATON_CONSOLE_PAGE: Readonly<Record<string, Asset>> | undefined

/** The page that was bundled into this program; undefined in one that runs from its sources. */
export function bundledAssets(): Assets | undefined {
  if (typeof BATON_CONSOLE_PAGE === 'undefined') return undefined
  return new Map(Object.entries(BATON_CONSOLE_PAGE))
}
