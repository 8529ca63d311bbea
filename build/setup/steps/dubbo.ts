import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '../command.ts'
import { DUBBO_VERSION, dubboDirectory } from '../dubboPrograms.ts'
import type { Step } from '../step.ts'

const remedy =
  'Check that java (17 or newer) and mvn can be run and that Maven Central can be reached, and run this again.'

/** Builds the apps of test/dubbo with Maven, which brings Dubbo and ZooKeeper. Only their suite needs it. */
export function dubboStep({ root, cacheDir }: { root: string; cacheDir: string }): Step {
  const directory = dubboDirectory(cacheDir)
  return {
    name: 'dubbo',
    what: `${DUBBO_VERSION} with ZooKeeper, and test apps (once; 2 minutes)`,
    needs: ['debian packages'],
    isDone: () => Promise.resolve(existsSync(directory)),
    run: async ({ signal, say }) => {
      await mkdir(cacheDir, { recursive: true })
      // Beside its place, so that the rename stays within one file system.
      const temporary = await mkdtemp(join(cacheDir, '.dubbo-'))
      const built = join(temporary, 'target')
      try {
        await cp(join(root, 'test/dubbo/java'), temporary, { recursive: true })
        const onLine = (line: string): void => {
          say(line.replace('[INFO] ', '').slice(0, 60))
        }
        const build = ['mvn', '--batch-mode', '--file', join(temporary, 'pom.xml'), 'package']
        await runCommand(build, { signal, remedy, onLine })
        const kept = join(temporary, 'kept')
        await mkdir(kept)
        await rename(join(built, 'dubbo-apps-1.jar'), join(kept, 'dubbo-apps-1.jar'))
        await rename(join(built, 'lib'), join(kept, 'lib'))
        await rename(kept, directory)
      } finally {
        await rm(temporary, { recursive: true, force: true })
      }
    },
  }
}
