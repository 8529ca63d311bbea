import { JOBS } from '../jobs.ts'
import type { Dashboard } from './dashboard.ts'
import { quantiles } from './dashboard.ts'

/** Agents have metrics of the same names, about their own pod. */
const OF_APP = `job="${JOBS.operator}",namespace=~"$namespace",trafficinterception=~"$trafficinterception"`
const AGENTS = `job="${JOBS.agent}",namespace=~"$namespace"`
const KEY = 'namespace, trafficinterception'

const grown = (by: string, metric: string, matchers: string): string =>
  `sum by (${by}) (increase(${metric}{${matchers}}[$__rate_interval]))`

export const interception: Dashboard = {
  uid: 'baton-interception',
  title: 'Baton: interception',
  description: 'Which pods send their traffic through the proxy, and how switching goes.',
  variables: [
    { name: 'namespace', metric: 'baton_interception_pods', label: 'namespace' },
    {
      name: 'trafficinterception',
      metric: 'baton_interception_pods',
      label: 'trafficinterception',
    },
  ],
  rows: [
    {
      title: 'Apps, by the operator',
      panels: [
        {
          title: 'Pods by state',
          description: 'How their traffic goes now; bypassed: directly, for the proxy is dead.',
          queries: [
            {
              expr: `sum by (state) (max by (${KEY}, state) (baton_interception_pods{${OF_APP}}))`,
              legend: '{{state}}',
            },
          ],
        },
        {
          title: 'Pods with which nothing is done, by reason',
          description: 'Each is in one. Settled is what all come to.',
          queries: [
            {
              expr: `sum by (reason) (max by (${KEY}, reason) (baton_interception_pods_idle{${OF_APP}}))`,
              legend: '{{reason}}',
            },
          ],
        },
        {
          title: 'Toggles that ended',
          description: 'By result.',
          queries: [
            {
              expr: grown('result', 'baton_interception_toggles_total', OF_APP),
              legend: '{{result}}',
            },
          ],
        },
        {
          title: 'Duration of a toggle',
          description: 'Hooks and timer included.',
          unit: 's',
          queries: quantiles(`baton_interception_toggle_duration_seconds_bucket{${OF_APP}}`),
        },
        {
          title: 'Pods whose proxy did not serve',
          description: 'Seen to go on directly.',
          queries: [
            {
              expr: grown(KEY, 'baton_interception_bypasses_total', OF_APP),
              legend: '{{namespace}}/{{trafficinterception}}',
            },
          ],
        },
        {
          title: 'Pods that cannot be switched',
          description: 'They were created before their set had interception.',
          queries: [
            {
              expr: `max by (${KEY}) (baton_interception_pods_not_injected{${OF_APP}})`,
              legend: '{{namespace}}/{{trafficinterception}}',
            },
          ],
        },
      ],
    },
    {
      title: 'Pods, by their agents',
      panels: [
        {
          title: 'State',
          description: 'Pods in each.',
          queries: [
            { expr: `sum by (state) (baton_interception_state{${AGENTS}})`, legend: '{{state}}' },
          ],
        },
        {
          title: 'Pods whose rules are as wanted',
          description: 'Read back from the kernel.',
          queries: [
            { expr: `sum(baton_interception_verified{${AGENTS}})`, legend: 'verified' },
            { expr: `count(baton_interception_verified{${AGENTS}})`, legend: 'all' },
          ],
        },
        {
          title: 'Toggles that ended',
          description: 'By where they came to; changes of rules count too.',
          queries: [
            { expr: grown('to', 'baton_interception_toggles_total', AGENTS), legend: '{{to}}' },
          ],
        },
        {
          title: 'Hooks',
          description: 'Calls of the app, by what came of them.',
          queries: [
            {
              expr: grown('hook, outcome', 'baton_interception_hooks_total', AGENTS),
              legend: '{{hook}}: {{outcome}}',
            },
          ],
        },
        {
          title: 'Repairs',
          description: 'Rules that somebody else had changed, and that were put back.',
          queries: [
            {
              expr: grown('namespace', 'baton_interception_repairs_total', AGENTS),
              legend: '{{namespace}}',
            },
          ],
        },
      ],
    },
  ],
}
