import { Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { statusQuery } from '../api/queries.js';

const freshMs = 3000;
const lateMs = 30_000;

interface Freshness {
  readonly tone: 'ok' | 'warning' | 'danger';
  readonly text: string;
  readonly means: string;
}

export function freshnessOf(lagMs: number | undefined, failed: boolean): Freshness {
  if (failed) {
    return { tone: 'danger', text: 'No connection', means: 'Steno does not answer.' };
  }
  if (lagMs === undefined) return { tone: 'ok', text: '…', means: 'Asking.' };
  const seconds = lagMs < 10_000 ? (lagMs / 1000).toFixed(1) : String(Math.round(lagMs / 1000));
  const means = 'Time between the newest commit in the log and what can be seen here.';
  if (lagMs < freshMs) return { tone: 'ok', text: 'Up to date', means };
  return { tone: lagMs < lateMs ? 'warning' : 'danger', text: `${seconds} s behind`, means };
}

/** How old what is shown may be. */
export function FreshnessDot(): ReactNode {
  const { data, isError } = useQuery(statusQuery);
  const { tone, text, means } = freshnessOf(data?.projectorLagMs, isError);
  return (
    <Tooltip label={means}>
      <span className="freshness" data-tone={tone} tabIndex={0}>
        <i aria-hidden="true" />
        {text}
      </span>
    </Tooltip>
  );
}
