import { flag, integer, list, object, oneOf, optional, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'
import { conditionShape } from '../status/statusShape.ts'

const podShape = object('One pod of the app.', {
  pod: text('Its name.'),
  node: text('Where it runs.'),
  ready: flag('Its condition Ready.'),
  switchable: flag('False for pods that were injected without interception.'),
  ordered: oneOf('What it was told.', 'On', 'Off', 'Nothing'),
  state: text('By its agent: Off, Enabling, On, Disabling, Bypassed, Failed; Unknown: not asked.'),
  phase: optional(text('What its agent does now.')),
  rules: optional(
    object('Hashes of our rules as the kernel has them; empty: that family has none.', {
      v4: text('IPv4.'),
      v6: text('IPv6.'),
    }),
  ),
  verified: optional(flag('The rules are those wanted, and the probe went where it should.')),
  probe: optional(
    object('The last probe connection: Seen, NotAccepted, Refused, Direct; empty: none.', {
      at: text('RFC 3339.'),
      outbound: text('Of the app’s own connections.'),
      inbound: text('Of those to the app.'),
    }),
  ),
  connectionsLeft: optional(integer('That stay with the proxy after it was switched off.')),
  result: optional(text('How its last toggle ended.')),
  message: optional(text('Why the state is what it is.')),
})

export const interceptionShape = object('One TrafficInterception.', {
  app: text('Its name.'),
  namespace: text('Where it is.'),
  wanted: oneOf('spec.enabled.', 'On', 'Off'),
  observed: flag('The operator has seen the present spec.'),
  matched: integer('Pods that it selects.'),
  enabled: integer('Whose agent has seen interception work.'),
  disabled: integer('Whose traffic goes directly.'),
  switching: integer('In a toggle.'),
  failed: integer('Whose toggle failed.'),
  bypassed: integer('Whose proxy is dead.'),
  conditions: list('As the operator wrote them.', conditionShape),
  pods: list('By name.', podShape),
})

export type InterceptionRow = ShapeOf<typeof interceptionShape>
export type InterceptedPodRow = InterceptionRow['pods'][number]
