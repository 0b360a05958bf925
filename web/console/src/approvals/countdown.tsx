import { formatClock } from '@steno/player';
import type { ReactNode } from 'react';

export interface Left {
  readonly text: string;
  readonly tone: 'plain' | 'warning' | 'danger';
}

const secondMs = 1000;
const soonMs = 2 * 60_000;
const lastMs = 30_000;

/** How long an approval can still be given. */
export function leftOf(expiresAt: string, now: number): Left {
  const ms = Date.parse(expiresAt) - now;
  if (!(ms > 0)) return { text: '0:00', tone: 'danger' };
  const seconds = Math.ceil(ms / secondMs);
  const tone = ms <= lastMs ? 'danger' : ms <= soonMs ? 'warning' : 'plain';
  return { text: formatClock(seconds * 1e9), tone };
}

interface CountdownProps {
  readonly expiresAt: string;
  readonly now: number;
}

export function Countdown({ expiresAt, now }: CountdownProps): ReactNode {
  const { text, tone } = leftOf(expiresAt, now);
  return (
    <span className="countdown" data-tone={tone} role="timer">
      {text}
      <span className="visually-hidden"> left</span>
    </span>
  );
}
