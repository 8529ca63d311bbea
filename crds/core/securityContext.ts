import type {
  V1AppArmorProfile,
  V1Capabilities,
  V1SeccompProfile,
  V1SecurityContext,
  V1SELinuxOptions,
  V1WindowsSecurityContextOptions,
} from '@kubernetes/client-node'
import { boolean, int64, list, string } from '../schema.ts'
import { core } from './core.ts'

const localhostProfile = string('Name of a profile on the node, for the type Localhost.')

export const securityContext = core<V1SecurityContext>(
  'Rights of the container. With handover it gets the restricted profile where it says nothing.',
  {
    allowPrivilegeEscalation: boolean('Whether a process may get more rights than its parent.'),
    appArmorProfile: core<V1AppArmorProfile>('Profile of AppArmor.', {
      type: string('Localhost, RuntimeDefault or Unconfined.'),
      localhostProfile,
    }),
    capabilities: core<V1Capabilities>('Capabilities of Linux beside those of the runtime.', {
      add: list('Added.', { type: 'string' }),
      drop: list('Taken away; ALL for all.', { type: 'string' }),
    }),
    privileged: boolean('Whether the container has the rights of root on the node.'),
    procMount: string('Default or Unmasked.'),
    readOnlyRootFilesystem: boolean("Whether the image's files cannot be changed."),
    runAsGroup: int64('Group of the process. Defaults to 1337 with handover.'),
    runAsNonRoot: boolean('Whether the container is refused to start as root.'),
    runAsUser: int64('User of the process. Defaults to 1337 with handover.'),
    seLinuxOptions: core<V1SELinuxOptions>('Context of SELinux.', {
      level: string('Level.'),
      role: string('Role.'),
      type: string('Type.'),
      user: string('User.'),
    }),
    seccompProfile: core<V1SeccompProfile>('System calls that are allowed.', {
      type: string('Localhost, RuntimeDefault or Unconfined.'),
      localhostProfile,
    }),
    windowsOptions: core<V1WindowsSecurityContextOptions>('Not for sidecars: Linux only.', {
      gmsaCredentialSpec: string('Credential specification.'),
      gmsaCredentialSpecName: string('Name of a credential specification.'),
      hostProcess: boolean('Whether it is a host process.'),
      runAsUserName: string('User of the process.'),
    }),
  },
)
