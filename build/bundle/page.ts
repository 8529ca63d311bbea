import { build } from 'esbuild'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** A file that a browser loads. */
export interface PageFile {
  readonly type: string
  readonly body: string
}

/** The name that the console looks for its page under. */
export const PAGE_CONSTANT = 'BATON_CONSOLE_PAGE'

const WEB = resolve(import.meta.dirname, '../../console/web')

/** The console's page, by path: markup and style as they are, and its modules as one script. */
export async function buildPage(): Promise<Readonly<Record<string, PageFile>>> {
  const result = await build({
    entryPoints: [join(WEB, 'main.ts')],
    bundle: true,
    write: false,
    minify: true,
    platform: 'browser',
    format: 'esm',
    target: ['chrome120', 'firefox121', 'safari17.2'],
    tsconfig: join(WEB, 'tsconfig.json'),
    logLevel: 'silent',
  })
  const read = (name: string): string => readFileSync(join(WEB, name), 'utf8')
  return {
    '/index.html': { type: 'text/html', body: read('index.html') },
    '/style.css': { type: 'text/css', body: read('style.css') },
    '/icon.svg': { type: 'image/svg+xml', body: read('icon.svg') },
    '/main.js': { type: 'text/javascript', body: result.outputFiles[0]?.text ?? '' },
  }
}
