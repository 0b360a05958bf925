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
      <p aria-live="off">{saidOf(state)}</p>
    </div>
  );
}

function saidOf({ counts: { sessions: done, commands, changed }, sessions }: RunState): string {
  if (sessions === undefined || done === 0) {
    return 'Reading the policies and the catalogs of the targets…';
  }
  const through = `${formatCount(done)} of ${countOf(sessions, 'session')}`;
  const found = `${formatCount(changed)} decided otherwise so far`;
  return `${through}, ${countOf(commands, 'command')}: ${found}`;
}
