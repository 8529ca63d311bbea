import { expect } from 'chai'
import { redact } from './redact.ts'

const SECRET = 'hunter2-hunter2'

const pod = {
  metadata: {
    name: 'web',
    managedFields: [{ manager: SECRET }],
    annotations: {
      'kubectl.kubernetes.io/last-applied-configuration': `{"env": "${SECRET}"}`,
      'baton.dev/sidecarset-injected-list': 'mesh',
    },
  },
  spec: {
    containers: [
      {
        name: 'app',
        env: [
          { name: 'TOKEN', value: SECRET },
          { name: 'FROM', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } },
        ],
        args: ['--listen', ':80', `--auth-token=${SECRET}`, '--password', SECRET, '--verbose'],
        command: [
          'sh',
          '-c',
          `curl -H "Authorization: Bearer ${SECRET}" https://me:${SECRET}@db/x`,
        ],
        readinessProbe: { httpGet: { httpHeaders: [{ name: 'Authorization', value: SECRET }] } },
      },
    ],
  },
  message: 'token eyJhbGciOi.eyJzdWIi.c2lnbmF0dXJl was refused',
}

describe('a redacted object', () => {
  const text = JSON.stringify(redact(pod))

  it('holds no secret, wherever it stood', () => {
    expect(JSON.stringify(pod)).to.contain(SECRET)
    expect(text).not.to.contain(SECRET).and.not.to.contain('c2lnbmF0dXJl')
  })

  it('still tells what is needed to understand', () => {
    for (const kept of [
      '--listen',
      ':80',
      '--verbose',
      '"TOKEN"',
      'secretKeyRef',
      '"mesh"',
      '@db/x',
    ]) {
      expect(text).to.contain(kept)
    }
  })
})
