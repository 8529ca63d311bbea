import { buildPage } from '../../build/bundle/page.ts'
import type { Assets } from '../http/assets.ts'

let building: Promise<Assets> | undefined

/** The page as it is shipped, bundled once. */
export function testPage(): Promise<Assets> {
  building ??= buildPage().then((page) => new Map(Object.entries(page)))
  return building
}
