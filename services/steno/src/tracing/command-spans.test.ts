import { describe, expect, it } from 'vitest';
import { spanOfProjection, spansOfCommand } from './command-spans.js';

const PLACE = { stream: 'session/s-1', position: 3, identity: 'ci/deploy', target: 'orders' };
const DENIED = {
  ...PLACE,
  kind: 'query',
  effect: 'deny',
  status: 'denied',
  startedAt: 10n,
  decidedAt: 20n,
  forwardedAt: undefined,
  endedAt: 30n,
};

describe('the spans of a command', () => {
  it('end with the decision where it went nowhere', () => {
    const spans = spansOfCommand(DENIED);
    expect(spans.map(({ name }) => name)).toEqual(['command', 'decide']);
    expect(spans[0]).toMatchObject({
      hasFailed: true,
      attributes: { 'steno.session': 's-1', 'steno.status': 'denied' },
    });
    expect(spans[1]?.attributes).toEqual({ 'steno.decision': 'deny' });
  });

  it('follow each other', () => {
    const command = { ...DENIED, effect: 'allow', status: 'ok', forwardedAt: 25n };
    const extents = spansOfCommand(command).map(({ name, startedAt, endedAt }) => {
      return [name, startedAt, endedAt];
    });
    expect(extents).toEqual([
      ['command', 10n, 30n],
      ['decide', 10n, 20n],
      ['commit', 20n, 25n],
      ['target', 25n, 30n],
    ]);
  });
});

describe('the span of the projector', () => {
  it('does not end before it begins, whatever the clocks of two machines say', () => {
    const command = { ...PLACE, recordedAt: 100n };
    const at = { read: 60n, stored: 70n };
    expect(spanOfProjection(command, at)).toMatchObject({ startedAt: 100n, endedAt: 100n });
  });
});
