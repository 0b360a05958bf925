import { RecordedSession, SECOND, START, sessionId } from './recorded-session.js';
import { StreamFixture } from '@steno/event-store/testing';

/** Of the session with a bit of everything, which still runs. */
export const MAIN = sessionId(500);
export const TAMPERED = sessionId(600);
export const HOLED = sessionId(601);

export const LONG = `SELECT '${'é'.repeat(30_000)}'`;

export function main() {
  const session = new RecordedSession(MAIN, { startedAt: START + 1000n * SECOND });
  session.select('SELECT id, name FROM customers', [
    ['1', 'Ann'],
    ['2', 'Bob'],
  ]);
  const prepared = { position: session.prepare('s', LONG), text: LONG };
  session.complete(session.execute(prepared, ['7', null, '\u00ff']), 'SELECT 0');
  session.fail(session.submit('SELECT * FROM nowhere'), '42P01', 'no such table: nowhere');
  session.submit('SELECT pg_sleep(60)');
  return session;
}

/** Two that start in each second. */
export function many() {
  return Array.from({ length: 23 }, (_, n) => {
    const session = new RecordedSession(sessionId(n), {
      identity: n % 2 === 0 ? 'ci/deploy' : 'agent & co',
      target: n % 3 === 0 ? 'billing' : 'orders',
      startedAt: START + BigInt(n >> 1) * SECOND,
    });
    session.run(`UPDATE things SET n = ${n}`, 'UPDATE 1');
    session.close(n % 5 === 0 ? 'process-lost' : 'client-closed');
    return session.events;
  }).flat();
}

/** One whose third event was changed, one that lacks its third event. */
export function broken() {
  const tampered = new RecordedSession(TAMPERED, { startedAt: START - 5000n * SECOND });
  const other = new RecordedSession(TAMPERED, { startedAt: START - 5000n * SECOND });
  tampered.run('SELECT 1', 'SELECT 1');
  other.run('SELECT 1', 'SELECT 2');
  tampered.close();
  const changed = other.events[2];
  const holed = new RecordedSession(HOLED, { startedAt: START - 6000n * SECOND });
  holed.submit('SELECT 1');
  holed.lose();
  holed.close();
  const foreign = tampered.events.map((event, at) => (at === 2 && changed ? changed : event));
  return [...foreign, ...holed.events];
}

export function views() {
  const stream = new StreamFixture('activity/api-1/boot-1', {
    topic: 'activity',
    startedAt: START,
  });
  for (let n = 0; n < 5; n += 1) {
    stream.append({ case: 'accessViewed', value: { actor: 'ann', action: 'list' } });
    stream.now += SECOND;
  }
  return stream;
}
