import type {
  AppRow,
  ClusterRow,
  PodRow,
  Refusal,
  SeriesPoint,
  SetRow,
  StreamEvent,
  StreamEvents,
} from '../wire.ts'

/** Everything that the server has told. Changed in place: ten thousand pods are not copied. */
export interface State {
  readonly clusters: Map<string, ClusterRow>
  readonly sets: Map<string, SetRow>
  readonly apps: Map<string, AppRow>
  /** Of the set that is looked at. */
  readonly pods: Map<string, PodRow>
  podsComplete: boolean
  series: readonly SeriesPoint[]
  /** The app that is looked at. */
  app: AppRow | undefined
  notes: readonly string[]
  ended: Refusal | undefined
}

/** The plots show so many points: ten minutes. */
const MOST_POINTS = 600

export function createState(): State {
  return {
    clusters: new Map(),
    sets: new Map(),
    apps: new Map(),
    ...nothingFocused(),
    ended: undefined,
  }
}

/** What is known of the set or app that is looked at is forgotten when another one is. */
export function forgetFocus(state: State): void {
  Object.assign(state, nothingFocused())
}

function nothingFocused() {
  return { pods: new Map(), podsComplete: false, series: [], app: undefined, notes: [] }
}

/** A stream that begins tells everything anew; what it does not tell is gone. */
export function beginAnew(state: State): void {
  state.clusters.clear()
  state.sets.clear()
  state.apps.clear()
  state.pods.clear()
  state.podsComplete = false
  state.series = []
}

/** Takes an event in. */
export function take<E extends StreamEvent>(state: State, event: E, data: StreamEvents[E]): void {
  const takes: { readonly [K in StreamEvent]: (data: StreamEvents[K]) => void } = {
    cluster: (row) => state.clusters.set(row.cluster, row),
    sets: (rows) => {
      for (const row of rows) state.sets.set(setKey(row), row)
    },
    setGone: (gone) => state.sets.delete(setKey(gone)),
    apps: (rows) => {
      for (const row of rows) state.apps.set(appKey(row), row)
    },
    appGone: (gone) => state.apps.delete(appKey(gone)),
    pods: ({ upsert, gone, complete }) => {
      for (const row of upsert) state.pods.set(row.key, row)
      for (const key of gone) state.pods.delete(key)
      if (complete === true) state.podsComplete = true
    },
    series: (points) => {
      state.series = [...state.series, ...points].slice(-MOST_POINTS)
    },
    app: (row) => {
      state.app = row
    },
    notes: (notes) => {
      state.notes = notes
    },
    ended: (refusal) => {
      state.ended = refusal
    },
  }
  takes[event](data)
}

export function setKey({
  cluster,
  set,
}: {
  readonly cluster: string
  readonly set: string
}): string {
  return `${cluster}\n${set}`
}

export function appKey(row: {
  readonly cluster: string
  readonly namespace: string
  readonly app: string
}): string {
  return [row.cluster, row.namespace, row.app].join('\n')
}
