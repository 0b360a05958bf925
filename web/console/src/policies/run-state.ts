import type {
  DryRunCountsView,
  DryRunGroupView,
  DryRunLine,
  PolicyProblemView,
} from '@steno/proto';

/** How far a dry run has come. */
export interface RunState {
  readonly step: 'running' | 'ended' | 'failed' | 'cancelled';
  readonly counts: DryRunCountsView;
  /** Sessions in all; undefined while nobody has said. */
  readonly sessions: number | undefined;
  readonly groups: readonly DryRunGroupView[];
  readonly withoutCatalog: readonly { readonly target: string; readonly reason: string }[];
  readonly leftOut: number;
  readonly stoppedBy: 'sessions' | 'time' | null;
  readonly failure: { readonly title: string; readonly detail: string } | undefined;
  readonly problems: readonly PolicyProblemView[];
}

export const BEGUN: RunState = {
  step: 'running',
  counts: { sessions: 0, commands: 0, changed: 0 },
  sessions: undefined,
  groups: [],
  withoutCatalog: [],
  leftOut: 0,
  stoppedBy: null,
  failure: undefined,
  problems: [],
};

/** What a line of the answer adds. */
export function afterLine(state: RunState, line: DryRunLine): RunState {
  switch (line.line) {
    case 'started':
      return { ...state, sessions: line.sessions };
    case 'progress':
      return { ...state, counts: countsOf(line) };
    case 'without-catalog': {
      const { target, reason } = line;
      return { ...state, withoutCatalog: [...state.withoutCatalog, { target, reason }] };
    }
    case 'group':
      return { ...state, groups: [...state.groups, line] };
    case 'ended': {
      const { leftOut, stoppedBy } = line;
      return { ...state, step: 'ended', counts: countsOf(line), leftOut, stoppedBy };
    }
    case 'failed': {
      const { title, detail } = line.problem;
      return { ...state, step: 'failed', failure: { title, detail } };
    }
  }
}

const countsOf = ({ sessions, commands, changed }: DryRunCountsView): DryRunCountsView => ({
  sessions,
  commands,
  changed,
});
