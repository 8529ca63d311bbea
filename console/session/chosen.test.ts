import { KubeConfig } from '@kubernetes/client-node'
import { expect } from 'chai'
import { chosenOf } from './chosen.ts'

describe('the clusters that a token is for', () => {
  const targetOf = (name: string) => ({ name, server: '', kubeConfig: new KubeConfig() })
  const one = [targetOf('east')]
  const several = [...one, targetOf('west'), targetOf('north')]
  const namesOf = (...given: Parameters<typeof chosenOf>): readonly string[] | string => {
    const chosen = chosenOf(...given)
    return 'code' in chosen ? chosen.code : chosen.map(({ name }) => name)
  }

  it('need no word where there is one', () => {
    expect(namesOf(undefined, one)).to.deep.equal(['east'])
  })

  it('are never all by default where there are several', () => {
    expect(namesOf(undefined, several)).to.equal('NoCluster')
    expect(chosenOf([], several)).to.deep.include({
      remedy: 'choose those that it is for: east, west, north',
    })
  })

  it('are those that were chosen, each once', () => {
    expect(namesOf(['west', 'east', 'west'], several)).to.deep.equal(['east', 'west'])
  })

  it('are none when one of them is not shown', () => {
    expect(namesOf(['east', 'weast'], several)).to.equal('UnknownCluster')
    expect(namesOf([], one)).to.equal('NoCluster')
  })
})
