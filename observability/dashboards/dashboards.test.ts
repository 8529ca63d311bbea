import { expect } from 'chai'
import { grafanaJson } from './grafana.ts'
import { dashboards } from './index.ts'

interface GrafanaPanel {
  readonly id: number
  readonly type: string
  readonly title: string
  readonly gridPos: Readonly<Record<'x' | 'y' | 'w' | 'h', number>>
  readonly targets?: readonly { readonly refId: string; readonly datasource: { uid: string } }[]
}

interface Grafana {
  readonly templating: { readonly list: readonly { readonly name: string }[] }
  readonly panels: readonly GrafanaPanel[]
}

describe('the dashboards', () => {
  it('have links of their own', () => {
    const uids = dashboards.map(({ uid }) => uid)
    expect(new Set(uids).size).to.equal(uids.length)
  })

  for (const dashboard of dashboards)
    describe(dashboard.title, () => {
      const { panels, templating } = grafanaJson(dashboard) as Grafana
      const declared = dashboard.rows.flatMap((row) => row.panels)

      it('asks with no variable that is not declared, and declares none in vain', () => {
        const text = JSON.stringify(declared)
        const used = [...text.matchAll(/\$(\w+)/g)].map(([, name]) => name)
        const names = templating.list.map(({ name }) => name)
        expect(new Set(used.filter((name) => name !== '__rate_interval'))).to.deep.equal(
          new Set(names.filter((name) => name !== 'datasource')),
        )
      })

      it('says of each panel what it shows, in sentences', () => {
        for (const { title, description } of declared) {
          expect(title).to.match(/^[A-Z][^.]*$/)
          expect(description, title).to.match(/\.$/)
        }
      })

      it('has each panel once, where no other is, in a grid of 24 columns', () => {
        expect(new Set(panels.map(({ id }) => id)).size).to.equal(panels.length)
        const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
          expect(x + w).to.be.at.most(24)
          return Array.from(
            { length: w * h },
            (_, at) => `${x + (at % w)} ${y + Math.floor(at / w)}`,
          )
        })
        expect(new Set(cells).size).to.equal(cells.length)
      })

      it('asks the Prometheus that is chosen', () => {
        const targets = panels.flatMap((panel) => panel.targets ?? [])
        expect(new Set(targets.map(({ datasource }) => datasource.uid))).to.deep.equal(
          new Set(['${datasource}']),
        )
      })
    })
})
