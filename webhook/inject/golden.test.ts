import { expect } from 'chai'
import { parseAgentConfig } from '../../api/agentConfig.ts'
import { parseDesired } from '../../api/desired.ts'
import { AGENT_CONTAINER, annotations } from '../../api/group.ts'
import { goldenFiles, injectGolden, patched, renderGolden } from './testing/golden.ts'
import { inject } from './inject.ts'
import { podContainers } from './podTypes.ts'

describe('injection makes', () => {
  for (const golden of goldenFiles()) {
    describe(golden.name, () => {
      it('the pod of the golden file', () => {
        expect(renderGolden(golden)).to.equal(golden.expected)
      })

      it('nothing of a pod that was injected before', () => {
        const pod = patched(golden.pod, injectGolden(golden))
        const again = inject(pod, golden.sets, { agentImage: 'other', nowMs: 0 })
        expect(again.patch).to.deep.equal([])
        expect(again.report.injected).to.deep.equal([])
      })

      it('what the agent can read', () => {
        const pod = patched(golden.pod, injectGolden(golden))
        const agent = podContainers(pod).find(({ name }) => name === AGENT_CONTAINER)
        const desired = pod.metadata?.annotations?.[annotations.desired]
        expect(agent === undefined).to.equal(desired === undefined)
        if (agent === undefined || desired === undefined) return
        const config = agent.env?.find(({ name }) => name === 'BATON_CONFIG')?.value ?? ''
        const configured = parseAgentConfig(config.replaceAll('$$', '$')).containers
        const wanted = Object.entries(parseDesired(desired).containers)
        expect(wanted.map(([name]) => name)).to.deep.equal(configured.map(({ name }) => name))
        for (const [index, [, { active }]] of wanted.entries()) {
          expect(configured[index]?.slots[0]).to.equal(active)
        }
      })

      it('the same whatever the order of the sets', () => {
        const reversed = { ...golden, sets: golden.sets.toReversed() }
        expect(renderGolden(reversed)).to.equal(golden.expected)
      })
    })
  }
})
