import { volumeFaults } from './volumeFaults.ts'

/** Fields of a container of a set, or of the volume `v` that it mounts. */
export interface Given {
  readonly container?: object
  readonly volume?: object
}

/**
 * What the API server refuses in a pod, and so would refuse every pod with a sidecar that has it.
 * Name of the fault -> what has it, and the field that is named, below that of container or volume.
 */
export const faults: Readonly<Record<string, readonly [Given, string]>> = {
  'a variable with = in its name': [
    { container: { env: [{ name: 'a=b', value: 'x' }] } },
    'env[0].name',
  ],
  'a variable without a name': [{ container: { env: [{ name: '', value: 'x' }] } }, 'env[0].name'],
  'a variable with a name beyond ASCII': [
    { container: { env: [{ name: 'ä', value: 'x' }] } },
    'env[0].name',
  ],
  'a variable with a value from two places': [
    {
      container: {
        env: [{ name: 'A', value: 'x', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
      },
    },
    'env[0].valueFrom',
  ],
  'a variable from nowhere': [
    { container: { env: [{ name: 'A', valueFrom: {} }] } },
    'env[0].valueFrom',
  ],
  'a variable from two objects': [
    {
      container: {
        env: [
          {
            name: 'A',
            valueFrom: {
              fieldRef: { fieldPath: 'metadata.name' },
              configMapKeyRef: { name: 'a', key: 'b' },
            },
          },
        ],
      },
    },
    'env[0].valueFrom',
  ],
  'a variable of a field that pods lack': [
    {
      container: { env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.nope' } } }] },
    },
    'env[0].valueFrom.fieldRef.fieldPath',
  ],
  'a variable of all annotations': [
    {
      container: {
        env: [{ name: 'A', valueFrom: { fieldRef: { fieldPath: 'metadata.annotations' } } }],
      },
    },
    'env[0].valueFrom.fieldRef.fieldPath',
  ],
  'a variable of a resource that there is not': [
    {
      container: {
        env: [{ name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.nope' } } }],
      },
    },
    'env[0].valueFrom.resourceFieldRef.resource',
  ],
  'a variable of no key': [
    { container: { env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'a' } } }] } },
    'env[0].valueFrom.configMapKeyRef.key',
  ],
  'a variable of a key of nothing': [
    { container: { env: [{ name: 'A', valueFrom: { configMapKeyRef: { key: 'a' } } }] } },
    'env[0].valueFrom.configMapKeyRef.name',
  ],
  'a variable of a key that cannot be': [
    {
      container: {
        env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'a', key: 'a b' } } }],
      },
    },
    'env[0].valueFrom.configMapKeyRef.key',
  ],
  'a variable of a Secret that cannot be': [
    { container: { env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'A_', key: 'a' } } }] } },
    'env[0].valueFrom.secretKeyRef.name',
  ],
  'a variable in a unit that cannot be': [
    {
      container: {
        env: [
          { name: 'A', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '3' } } },
        ],
      },
    },
    'env[0].valueFrom.resourceFieldRef.divisor',
  ],
  'variables from nowhere': [{ container: { envFrom: [{}] } }, 'envFrom[0]'],
  'variables from two objects': [
    { container: { envFrom: [{ configMapRef: { name: 'a' }, secretRef: { name: 'b' } }] } },
    'envFrom[0]',
  ],
  'a prefix that no variable can have': [
    { container: { envFrom: [{ prefix: 'a=', configMapRef: { name: 'a' } }] } },
    'envFrom[0].prefix',
  ],
  'variables from a ConfigMap without a name': [
    { container: { envFrom: [{ configMapRef: {} }] } },
    'envFrom[0].configMapRef.name',
  ],
  'a policy of pulling that there is not': [
    { container: { imagePullPolicy: 'Sometimes' } },
    'imagePullPolicy',
  ],
  'a policy of last messages that there is not': [
    { container: { terminationMessagePolicy: 'X' } },
    'terminationMessagePolicy',
  ],
  'a policy of restarts that there is not': [
    { container: { restartPolicy: 'Sometimes' } },
    'restartPolicy',
  ],
  'a rule of restarts that there is not': [
    { container: { restartPolicy: 'Never', restartPolicyRules: [{ action: 'Nope' }] } },
    'restartPolicyRules[0].action',
  ],
  'two parts of a volume in one mount': [
    {
      container: { volumeMounts: [{ name: 'a', mountPath: '/a', subPath: 'x', subPathExpr: 'y' }] },
    },
    'volumeMounts[0].subPathExpr',
  ],
  'an absolute subPath': [
    { container: { volumeMounts: [{ name: 'a', mountPath: '/a', subPath: '/x' }] } },
    'volumeMounts[0].subPath',
  ],
  'a subPath that goes up': [
    { container: { volumeMounts: [{ name: 'a', mountPath: '/a', subPath: '../x' }] } },
    'volumeMounts[0].subPath',
  ],
  'an absolute subPathExpr': [
    { container: { volumeMounts: [{ name: 'a', mountPath: '/a', subPathExpr: '/x' }] } },
    'volumeMounts[0].subPathExpr',
  ],
  'a propagation that there is not': [
    { container: { volumeMounts: [{ name: 'a', mountPath: '/a', mountPropagation: 'X' }] } },
    'volumeMounts[0].mountPropagation',
  ],
  'mounts for the node without the right to make them': [
    {
      container: {
        volumeMounts: [{ name: 'a', mountPath: '/a', mountPropagation: 'Bidirectional' }],
      },
    },
    'volumeMounts[0].mountPropagation',
  ],
  'a recursiveReadOnly mount that can be written': [
    { container: { volumeMounts: [{ name: 'a', mountPath: '/a', recursiveReadOnly: 'Enabled' }] } },
    'volumeMounts[0].recursiveReadOnly',
  ],
  'a recursiveReadOnly that there is not': [
    {
      container: {
        volumeMounts: [{ name: 'a', mountPath: '/a', readOnly: true, recursiveReadOnly: 'X' }],
      },
    },
    'volumeMounts[0].recursiveReadOnly',
  ],
  'a volume that is mount and device': [
    {
      container: {
        volumeMounts: [{ name: 'disk', mountPath: '/a' }],
        volumeDevices: [{ name: 'disk', devicePath: '/b' }],
      },
    },
    'volumeDevices[0].name',
  ],
  'a device where something is mounted': [
    {
      container: {
        volumeMounts: [{ name: 'a', mountPath: '/a' }],
        volumeDevices: [{ name: 'disk', devicePath: '/a' }],
      },
    },
    'volumeDevices[0].devicePath',
  ],
  'a device of a directory': [
    { container: { volumeDevices: [{ name: 'a', devicePath: '/b' }] } },
    'volumeDevices[0].name',
  ],
  'a device without a path': [
    { container: { volumeDevices: [{ name: 'disk' }] } },
    'volumeDevices[0].devicePath',
  ],
  'a device at two paths': [
    {
      container: {
        volumeDevices: [
          { name: 'disk', devicePath: '/b' },
          { name: 'disk', devicePath: '/c' },
        ],
      },
    },
    'volumeDevices[1].name',
  ],
  'a device whose path goes up': [
    { container: { volumeDevices: [{ name: 'disk', devicePath: '/../b' }] } },
    'volumeDevices[0].devicePath',
  ],
  'a probe that asks nothing': [{ container: { livenessProbe: {} } }, 'livenessProbe'],
  'a probe that asks twice': [
    { container: { livenessProbe: { httpGet: { port: 80 }, tcpSocket: { port: 80 } } } },
    'livenessProbe',
  ],
  'a probe with negative seconds': [
    { container: { livenessProbe: { httpGet: { port: 80 }, periodSeconds: -1 } } },
    'livenessProbe.periodSeconds',
  ],
  'a livenessProbe that wants two successes': [
    { container: { livenessProbe: { httpGet: { port: 80 }, successThreshold: 2 } } },
    'livenessProbe.successThreshold',
  ],
  'a readinessProbe that ends the container': [
    { container: { readinessProbe: { httpGet: { port: 80 }, terminationGracePeriodSeconds: 2 } } },
    'readinessProbe.terminationGracePeriodSeconds',
  ],
  'a probe by FTP': [
    { container: { livenessProbe: { httpGet: { port: 80, scheme: 'FTP' } } } },
    'livenessProbe.httpGet.scheme',
  ],
  'a probe with a header that cannot be': [
    {
      container: {
        livenessProbe: { httpGet: { port: 80, httpHeaders: [{ name: 'a b', value: 'c' }] } },
      },
    },
    'livenessProbe.httpGet.httpHeaders[0].name',
  ],
  'a probe by no program': [
    { container: { livenessProbe: { exec: { command: [] } } } },
    'livenessProbe.exec.command',
  ],
  'a hook that does nothing': [{ container: { lifecycle: { preStop: {} } } }, 'lifecycle.preStop'],
  'a hook that does two things': [
    { container: { lifecycle: { preStop: { exec: { command: ['a'] }, httpGet: { port: 80 } } } } },
    'lifecycle.preStop',
  ],
  'a hook that sleeps for negative seconds': [
    { container: { lifecycle: { preStop: { sleep: { seconds: -1 } } } } },
    'lifecycle.preStop.sleep.seconds',
  ],
  'a hook by no program': [
    { container: { lifecycle: { preStop: { exec: {} } } } },
    'lifecycle.preStop.exec.command',
  ],
  'a hook that asks no port': [
    { container: { lifecycle: { preStop: { httpGet: { path: '/' } } } } },
    'lifecycle.preStop.httpGet.port',
  ],
  'a resource that there is not': [
    { container: { resources: { requests: { foo: '1' } } } },
    'resources.requests.foo',
  ],
  'huge pages without a limit': [
    { container: { resources: { requests: { 'hugepages-2Mi': '2Mi' } } } },
    'resources.requests.hugepages-2Mi',
  ],
  'a device without a limit': [
    { container: { resources: { requests: { 'x.com/gpu': '1' } } } },
    'resources.requests.x.com/gpu',
  ],
  'a device with two amounts': [
    { container: { resources: { requests: { 'x.com/gpu': '1' }, limits: { 'x.com/gpu': '2' } } } },
    'resources.limits.x.com/gpu',
  ],
  'half a device': [
    { container: { resources: { limits: { 'x.com/gpu': '0.5' } } } },
    'resources.limits.x.com/gpu',
  ],
  'storage of the node': [
    { container: { resources: { limits: { storage: '1Gi' } } } },
    'resources.limits.storage',
  ],
  'a resize of a disk': [
    { container: { resizePolicy: [{ resourceName: 'disk', restartPolicy: 'NotRequired' }] } },
    'resizePolicy[0].resourceName',
  ],
  'a policy of resizes that there is not': [
    { container: { resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'Maybe' }] } },
    'resizePolicy[0].restartPolicy',
  ],
  'two policies of resizes for one resource': [
    {
      container: {
        resizePolicy: [
          { resourceName: 'cpu', restartPolicy: 'NotRequired' },
          { resourceName: 'cpu', restartPolicy: 'NotRequired' },
        ],
      },
    },
    'resizePolicy[1].resourceName',
  ],
  'a negative user': [
    { container: { securityContext: { runAsUser: -1 } } },
    'securityContext.runAsUser',
  ],
  'a privileged container that may not escalate': [
    { container: { securityContext: { privileged: true, allowPrivilegeEscalation: false } } },
    'securityContext.allowPrivilegeEscalation',
  ],
  'a procMount that there is not': [
    { container: { securityContext: { procMount: 'X' } } },
    'securityContext.procMount',
  ],
  'a type of seccomp profile that there is not': [
    { container: { securityContext: { seccompProfile: { type: 'X' } } } },
    'securityContext.seccompProfile.type',
  ],
  'a profile of the node without a name': [
    { container: { securityContext: { seccompProfile: { type: 'Localhost' } } } },
    'securityContext.seccompProfile.localhostProfile',
  ],
  'a type of AppArmor profile that there is not': [
    { container: { securityContext: { appArmorProfile: { type: 'X' } } } },
    'securityContext.appArmorProfile.type',
  ],
  'one port of the node twice': [
    {
      container: {
        ports: [
          { containerPort: 80, hostPort: 80 },
          { containerPort: 81, hostPort: 80 },
        ],
      },
    },
    'ports[1].hostPort',
  ],
  'a protocol in lower case': [
    { container: { ports: [{ containerPort: 80, protocol: 'tcp' }] } },
    'ports[0].protocol',
  ],
  'an image with a space before it': [{ container: { image: ' a' } }, 'image'],
  ...volumeFaults,
}

/** Odd things that the API server takes in a pod. */
export const oddities: Readonly<Record<string, Given>> = {
  'nothing more': { container: {} },
  'a variable with a space in its name': { container: { env: [{ name: 'a b', value: 'x' }] } },
  'a variable with a digit first': { container: { env: [{ name: '1a', value: 'x' }] } },
  'a relative workingDir': { container: { workingDir: 'relative' } },
  'restartPolicy: Always': { container: { restartPolicy: 'Always' } },
  'restartPolicy: Never': { container: { restartPolicy: 'Never' } },
  'a probe with a period of 0': {
    container: { livenessProbe: { httpGet: { port: 80 }, periodSeconds: 0 } },
  },
  'storage of the container': {
    container: { resources: { limits: { 'ephemeral-storage': '1Gi' } } },
  },
  'stdinOnce without stdin': { container: { stdinOnce: true } },
  'a terminal without stdin': { container: { tty: true } },
  'a volume of no kind: it is an empty directory': { volume: {} },
  'a volume with no file': { volume: { downwardAPI: {} } },
  'a volume of no source': { volume: { projected: {} } },
  'a volume of an empty source': { volume: { projected: { sources: [{}] } } },
}
