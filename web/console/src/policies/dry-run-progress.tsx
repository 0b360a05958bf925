import type { ReactNode } from 'react';
import { countOf, formatCount } from '../ui/format.js';
import type { RunState } from './run-state.js';

/** How far it is, while it runs. */
export function DryRunProgress({ state }: { readonly state: RunState }): ReactNode {
  const { counts, sessions } = state;
  const percent = Math.min(100, Math.round((counts.sessions / Math.max(1, sessions ?? 1)) * 100));
  return (
    <div className="dry-run-progress">
      <progress max={100} value={percent} aria-label="Dry run">
        {percent} %
      </progress>
      <p aria-live="off">
        {sessions === undefined || counts.sessions === 0
          ? 'Reading the policies and the catalogs of the targets…'
          : `${formatCount(counts.sessions)} of ${countOf(sessions, 'session')}, ${countOf(counts.commands, 'command')}: ${formatCount(counts.changed)} decided otherwise so far`}
      </p>
    </div>
  );
}
