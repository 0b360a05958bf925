import type { DryRunLine, PolicyFileView } from '@steno/proto';
import { useEffect, useRef } from 'react';
import { ApiError, explain, postForLines } from '../api/client.js';
import { useKept } from './kept.js';
import { afterLine, BEGUN, type RunState } from './run-state.js';

export interface DryRunControl {
  readonly state: RunState | undefined;
  readonly start: (files: readonly PolicyFileView[], ageMs: number) => void;
  readonly cancel: () => void;
}

/** Runs policies over what was recorded, one run at a time; who leaves the page ends it. */
export function useDryRun(): DryRunControl {
  const [state, setState] = useKept<RunState | undefined>('dry-run', undefined);
  const current = useRef<AbortController>(undefined);
  const latest = useRef(state);
  const show = (next: RunState): void => {
    latest.current = next;
    setState(next);
  };
  const cancel = (): void => {
    current.current?.abort();
    const { current: last } = latest;
    if (last?.step === 'running') show({ ...last, step: 'cancelled' });
  };
  const leave = useRef(cancel);
  useEffect(() => {
    leave.current = cancel;
  });
  useEffect(() => () => leave.current(), []);
  const start = (files: readonly PolicyFileView[], ageMs: number): void => {
    current.current?.abort();
    const controller = new AbortController();
    current.current = controller;
    let run = BEGUN;
    show(run);
    const { signal } = controller;
    void (async () => {
      try {
        const body = { files, since: new Date(Date.now() - ageMs).toISOString() };
        for await (const line of postForLines<DryRunLine>('/policies/dry-run', body, signal)) {
          run = afterLine(run, line);
          show(run);
        }
        if (run.step === 'running') show(brokenOff(run));
      } catch (error) {
        if (!signal.aborted) show(failed(run, error));
      }
    })();
  };
  return { state, start, cancel };
}

const brokenOff = (run: RunState): RunState => ({
  ...run,
  step: 'failed',
  failure: { title: 'The answer broke off', detail: 'Try again.' },
});

function failed(run: RunState, error: unknown): RunState {
  const problems = error instanceof ApiError ? error.problems : [];
  const isStreaming = error instanceof TypeError;
  return isStreaming
    ? brokenOff(run)
    : { ...run, step: 'failed', failure: explain(error), problems };
}
