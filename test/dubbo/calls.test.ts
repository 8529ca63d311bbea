import { expect } from 'chai'
import { isNeverSent } from './calls.ts'

describe('a call of a Dubbo consumer', () => {
  const failed =
    'failed Failed to invoke the method whoAnswers in the service dev.baton.dubbo.Echo. Tried 1 times of the providers [10.77.0.2:8081] (1/2) from the registry 127.0.0.1:15973 on the consumer 10.77.0.1 using the dubbo version 3.3.6. Last error is: '
  const lines: Readonly<Record<string, readonly [line: string, isNeverSent: boolean]>> = {
    'to a provider that it has just let go was never sent': [
      `${failed}This invoker has been destroyed!`,
      true,
    ],
    'that nobody answers in time was sent': [
      `${failed}Invoke remote method timeout. method: whoAnswers`,
      false,
    ],
    'on a connection that was closed may have been sent': [
      `${failed}Failed to send request, cause: The channel is closed!`,
      false,
    ],
    'that was answered did not fail': ['calls 0 a=5 b=5', false],
  }
  for (const [what, [line, expected]] of Object.entries(lines)) {
    it(what, () => {
      expect(isNeverSent(line)).to.equal(expected)
    })
  }
})
