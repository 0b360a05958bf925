import { expect, it } from 'vitest';
import { SessionTraces } from './command-trace.js';
import type { TracedCommand } from './command-trace.js';

const SESSION = { stream: 'session/1', identity: 'ci/deploy', target: 'orders' };

/** Of a tracer that wants each second command. */
function tracedSession(): { traces: SessionTraces; told: TracedCommand[] } {
  let now = 0n;
  const told: TracedCommand[] = [];
  const tracer = {
    sampler: () => (position: number) => position % 2 === 0,
    traced: (command: TracedCommand) => told.push(command),
  };
  return { traces: new SessionTraces(tracer, SESSION, () => (now += 1n)), told };
}

it('tells of the commands that are asked for, once they have ended', () => {
  const { traces, told } = tracedSession();
  expect(traces.begin(1, 'query')).toBeUndefined();
  const trace = traces.begin(2, 'query');
  trace?.decided('allow');
  trace?.forwarded();
  expect(told).toEqual([]);
  trace?.ended('ok');
  const times = { startedAt: 1n, decidedAt: 2n, forwardedAt: 3n, endedAt: 4n };
  const of = { position: 2, kind: 'query', effect: 'allow', status: 'ok' };
  expect(told).toEqual([{ ...SESSION, ...of, ...times }]);
});

it('says of a command that went nowhere that it was not forwarded', () => {
  const { traces, told } = tracedSession();
  const trace = traces.begin(4, 'execute');
  trace?.decided('deny');
  trace?.ended('denied');
  expect(told).toMatchObject([{ position: 4, forwardedAt: undefined, status: 'denied' }]);
});
