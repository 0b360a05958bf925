import type { CommandView, EventView, Page, SessionDetailView, TimelineView } from '@steno/proto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Asker } from './asker.js';
import { Player } from './player.js';
import { RecordedSession, SECOND, sessionId } from './recorded-session.js';
import { startTestApi } from './test-api.js';
import type { TestApi } from './test-api.js';

const JUDGED = sessionId(1);

let test: TestApi;
let asker: Asker;
beforeAll(async () => {
  test = await startTestApi();
  asker = new Asker(test);
  await test.store(judged().events);
});
afterAll(() => test.stop());
beforeEach(() => {
  test.clock.now += 10 * 60_000;
});

/** One command that is denied, one that people let go after a while, and one with masked values. */
function judged() {
  const session = new RecordedSession(JUDGED);
  const command = (decision: object, more: object = {}): number => {
    session.now += SECOND;
    return session.append({
      case: 'commandSubmitted',
      value: { kind: 'query', decision: { rule: 'r', policyVersion: 'p1', ...decision }, ...more },
    });
  };
  session.fail(command({ effect: 'deny' }), '42501', 'denied by r');
  const held = command(
    { effect: 'hold', approval: 'a1' },
    { redacted: [{ type: 'password', count: 1n }] },
  );
  session.now += 20n * SECOND;
  session.append({
    case: 'commandDecided',
    value: { command: BigInt(held), outcome: 'granted', actor: 'ann', reason: 'ticket 12' },
  });
  session.append({
    case: 'responseCompleted',
    value: {
      command: BigInt(held),
      status: 'ok',
      masked: [{ type: 'email', count: 3n }],
      inputRedacted: [{ type: 'card', count: 2n }],
    },
  });
  session.complete(command({ effect: 'allow' }), 'SELECT 1');
  return session;
}

const path = `/api/sessions/${JUDGED}`;
const LANES = [
  [1, 'decision', 'denied by r', 'deny', undefined],
  [3, 'decision', 'held by r', 'hold', undefined],
  [3, 'approval', 'approval asked for', 'waiting', undefined],
  [3, 'redaction', '1 password', '', undefined],
  [4, 'approval', 'granted by ann: ticket 12', 'granted', 2_005_000_000],
  [5, 'mask', '3 email', '', undefined],
  [5, 'redaction', '2 card', '', undefined],
];

describe('a session that policies and people had a say in', () => {
  it('shows with each command what was said, and what was hidden', async () => {
    const { items } = await asker.get<Page<CommandView>>(`${path}/commands`);
    const said = items.map(({ decision, masked, redacted }) => ({ decision, masked, redacted }));
    expect(said).toEqual([
      { decision: { effect: 'deny', rule: 'r' }, masked: undefined, redacted: undefined },
      {
        decision: {
          effect: 'hold',
          rule: 'r',
          approval: 'a1',
          outcome: 'granted',
          actor: 'ann',
          reason: 'ticket 12',
        },
        masked: [{ type: 'email', count: 3 }],
        redacted: [
          { type: 'password', count: 1 },
          { type: 'card', count: 2 },
        ],
      },
      { decision: undefined, masked: undefined, redacted: undefined },
    ]);
    const { items: events } = await asker.get<Page<EventView>>(`${path}/events?after=2&limit=1`);
    const { decision } = events[0]?.command ?? {};
    expect(decision).toEqual({ effect: 'hold', rule: 'r', policyVersion: 'p1', approval: 'a1' });
  });

  it('has it on the lanes, in the timeline and while it is replayed', async () => {
    const isPlain = ({ lane }: { lane: string }) => ['command', 'error', 'state'].includes(lane);
    const { marks } = await asker.get<TimelineView>(`${path}/timeline`);
    const told = marks
      .filter((mark) => !isPlain(mark))
      .map(({ position, lane, label, outcome = '', since }) => [
        position,
        lane,
        label,
        outcome,
        since,
      ]);
    expect(told).toEqual(LANES);
    const player = await Player.open(test.api.url, JUDGED);
    // From within the waiting: what began before is known all the same.
    for (const from of [0, 3]) {
      const seek = { at: { case: 'position', value: BigInt(from) } } as const;
      const replayed = await player.seek({ ...seek, until: 10n ** 15n });
      const played = replayed.marks
        .filter((mark) => !isPlain(mark))
        .map(({ position, lane, label, outcome, since }) => [
          Number(position),
          lane,
          label,
          outcome,
          since === undefined ? undefined : Number(since),
        ]);
      expect(played).toEqual(LANES.filter(([position]) => Number(position) > from));
    }
    await player.close();
  });

  it('says as whom it was signed in to its target, where that is known', async () => {
    const detail = await asker.get<SessionDetailView>(path);
    expect(detail).toMatchObject({ targetUser: 'shop_bot', credentialReference: 'env:SHOP' });
  });
});
