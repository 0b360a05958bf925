import type { PolicyFileView, PolicyProblemView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { Icon } from '../ui/icons.js';
import { DraftFiles } from './draft-files.js';
import { DryRunProgress } from './dry-run-progress.js';
import { DryRunResult } from './dry-run-result.js';
import { useKept } from './kept.js';
import { StartFrom } from './start-from.js';
import { useDryRun } from './use-dry-run.js';

const dayMs = 24 * 3_600_000;

const ages = [
  { days: 1, label: 'the last 24 hours' },
  { days: 7, label: 'the last 7 days' },
  { days: 30, label: 'the last 30 days' },
  { days: 90, label: 'the last 90 days' },
];

const empty: readonly PolicyFileView[] = [{ name: 'policies.cedar', text: '' }];

/** What policies would have decided on what was recorded, before they are switched on. */
export function DryRun(): ReactNode {
  const [files, setFiles] = useKept('draft', empty);
  const [days, setDays] = useKept('days', 7);
  const [goTo, setGoTo] = useState<PolicyProblemView>();
  const { state, start, cancel } = useDryRun();
  const result = useRef<HTMLElement>(null);
  const step = state?.step;
  const isRunning = step === 'running';
  useShowOnChange(result, step);
  const isEmpty = files.every(({ text }) => text.trim() === '');
  return (
    <div className="dry-run">
      <p className="dry-run-lead">
        Which recorded commands would have been decided otherwise? <b>Nothing is switched on</b>,
        and nobody is refused anything by it.
      </p>
      <section className="dry-run-draft" aria-label="Policies to try">
        <StartFrom onChoose={setFiles} isEmpty={isEmpty} />
        <DraftFiles
          files={files}
          onChange={setFiles}
          problems={state?.problems ?? []}
          goTo={goTo}
        />
      </section>
      <form
        className="dry-run-go"
        onSubmit={(event) => {
          event.preventDefault();
          setGoTo(undefined);
          start(files, days * dayMs);
          result.current?.focus({ preventScroll: true });
        }}
      >
        <label>
          On{' '}
          <select value={days} onChange={({ target }) => setDays(Number(target.value))}>
            {ages.map((age) => (
              <option key={age.days} value={age.days}>
                {age.label}
              </option>
            ))}
          </select>
        </label>
        <UnstyledButton
          type="submit"
          className="button"
          data-tone="primary"
          disabled={isRunning || isEmpty}
        >
          <Icon name="play" size={12} /> Run
        </UnstyledButton>
        {isRunning && (
          <UnstyledButton className="button" onClick={cancel}>
            Cancel
          </UnstyledButton>
        )}
        {isEmpty && <span className="muted">Choose or write policies first.</span>}
      </form>
      <section aria-label="Result" tabIndex={-1} ref={result} className="dry-run-outcome">
        {isRunning && state !== undefined && <DryRunProgress state={state} />}
        {state !== undefined && !isRunning && (
          <DryRunResult state={state} files={files} onProblem={setGoTo} />
        )}
      </section>
    </div>
  );
}

/** What was there when the page was opened is not news. */
function useShowOnChange(place: RefObject<HTMLElement | null>, what: string | undefined): void {
  const before = useRef(what);
  useEffect(() => {
    if (before.current !== what) place.current?.scrollIntoView({ block: 'nearest' });
    before.current = what;
  }, [place, what]);
}
