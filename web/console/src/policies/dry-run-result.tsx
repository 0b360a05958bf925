import type { PolicyFileView, PolicyProblemView } from '@steno/proto';
import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { Blank } from '../ui/blank.js';
import { countOf, formatCount } from '../ui/format.js';
import { Icon } from '../ui/icons.js';
import { InertName } from '../ui/inert-text.js';
import { GroupTable } from './group-table.js';
import type { RunState } from './run-state.js';
import { SwitchOn } from './switch-on.js';

interface DryRunResultProps {
  readonly state: RunState;
  readonly files: readonly PolicyFileView[];
  readonly onProblem: (problem: PolicyProblemView) => void;
}

export function DryRunResult({ state, files, onProblem }: DryRunResultProps): ReactNode {
  if (state.step === 'cancelled') {
    return <p className="policy-none">Cancelled. What was found until then is not shown.</p>;
  }
  if (state.step === 'failed') return <Failed state={state} onProblem={onProblem} />;
  return (
    <>
      <Warnings state={state} />
      <Found state={state} />
      <SwitchOn names={files.map(({ name }) => name)} />
    </>
  );
}

function Failed({ state, onProblem }: Omit<DryRunResultProps, 'files'>): ReactNode {
  const { failure, problems } = state;
  return (
    <div className="callout" data-tone="danger" role="alert">
      <Icon name="warning" size={16} />
      <div>
        <strong>{failure?.title}</strong>
        {problems.length === 0 && <p>{failure?.detail}</p>}
        <ol className="policy-problems">
          {problems.map((problem) => (
            <li key={`${problem.file} ${problem.line ?? 0} ${problem.message}`}>
              <UnstyledButton className="text-button" onClick={() => onProblem({ ...problem })}>
                <InertName name={`${problem.file}:${problem.line ?? 1}`} />
              </UnstyledButton>
              <InertName name={problem.message} />
            </li>
          ))}
        </ol>
      </div>
    </div>
  );
}

function Found({ state: { counts, groups, leftOut } }: { readonly state: RunState }): ReactNode {
  const { sessions, commands, changed } = counts;
  if (sessions === 0) {
    return (
      <Blank icon="list" title="Nothing was recorded in this time">
        <p>Choose a longer time.</p>
      </Blank>
    );
  }
  const seen = `${countOf(commands, 'command')} of ${countOf(sessions, 'session')}`;
  if (changed === 0) {
    return (
      <Blank icon="check" title="Nothing would have been decided otherwise">
        <p>All of {seen} would have gone as they went.</p>
      </Blank>
    );
  }
  return (
    <>
      <h2 className="dry-run-summary">
        Of {seen} <b>{formatCount(changed)}</b> would have been decided otherwise.
      </h2>
      <GroupTable groups={groups} />
      {leftOut > 0 && (
        <p className="muted">{countOf(leftOut, 'more command')} in kinds that are not listed.</p>
      )}
    </>
  );
}

const stopped = {
  sessions: 'It ended after 100,000 sessions: older ones were not looked at.',
  time: 'It ended after ten minutes: older sessions were not looked at.',
} as const;

function Warnings({
  state: { withoutCatalog, stoppedBy },
}: {
  readonly state: RunState;
}): ReactNode {
  return (
    <>
      {stoppedBy !== null && (
        <div className="callout" data-tone="warning">
          <Icon name="warning" size={16} />
          <strong>{stopped[stoppedBy]}</strong>
        </div>
      )}
      {withoutCatalog.length > 0 && (
        <div className="callout" data-tone="warning">
          <Icon name="warning" size={16} />
          <div>
            <strong>Ruled on without the catalog of some targets</strong>
            <p>
              What commands on them name was taken for opaque, tables and functions of their own
              alike: rules on what is opaque show too much.
            </p>
            <ul className="without-catalog">
              {withoutCatalog.map(({ target, reason }) => (
                <li key={target}>
                  <b>
                    <InertName name={target} />
                  </b>
                  : <InertName name={reason} />
                </li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </>
  );
}
