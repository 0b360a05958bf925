import { beforeEach, describe, expect, it } from 'vitest';
import { AccessLog } from './access-log.js';
import { LIMITS } from './limits.js';
import type { AccessEvent } from './options.js';

const view = (objectId: string): AccessEvent => ({
  type: 'access.viewed',
  actor: 'ann',
  action: 'view',
  object: 'session',
  objectId,
  query: '',
  source: '::1',
});

let written: AccessEvent[];
let now: number;
let isAway: boolean;
let log: AccessLog;

beforeEach(() => {
  written = [];
  now = 0;
  isAway = false;
  log = new AccessLog({
    recordAccess: async (event) => {
      if (isAway) throw new Error('away');
      written.push(event);
    },
    now: () => now,
    onError: () => undefined,
  });
});

describe('the access log', () => {
  it('writes the same once a minute', async () => {
    await Promise.all([log.record(view('a')), log.record(view('a')), log.record(view('b'))]);
    now = LIMITS.accessRepeatMs - 1;
    await log.record(view('a'));
    expect(written).toEqual([view('a'), view('b')]);
    now += 1;
    await log.record(view('a'));
    expect(written).toEqual([view('a'), view('b'), view('a')]);
  });

  it('fails where the event was not written, and writes it the next time', async () => {
    isAway = true;
    await expect(log.record(view('a'))).rejects.toMatchObject({ problem: 'logUnavailable' });
    await log.tryToRecord(view('a'));
    expect(written).toEqual([]);
    isAway = false;
    await log.record(view('a'));
    expect(written).toEqual([view('a')]);
  });

  it('remembers so many and no more', async () => {
    for (let n = 0; n <= LIMITS.accessRepeats; n += 1) await log.record(view(String(n)));
    await log.record(view('0'));
    expect(written).toHaveLength(LIMITS.accessRepeats + 2);
  });
});
