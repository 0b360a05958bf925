import { create } from '@bufbuild/protobuf';
import { ApprovalRequestedSchema } from '@steno/proto';
import { expect, it, vi } from 'vitest';
import { LIMITS } from '../limits.js';
import { announcementOf } from './announcement.js';
import type { Announcement } from './announcement.js';
import { Deliveries } from './deliveries.js';
import type { Attempt } from './deliveries.js';

const DELIVERED: Attempt = { result: 'delivered' };
const FAILED: Attempt = { result: 'failed', reason: 'it answered 500', isFinal: false };

function announcement(id: number): Announcement {
  return announcementOf({
    request: create(ApprovalRequestedSchema, { approvalId: String(id) }),
    requestedAt: 0n,
    state: 'waiting',
    answers: [],
    endedAt: undefined,
    cause: '',
    windowUntil: 0n,
  });
}

function deliveriesBy(attempt: (id: string) => Promise<Attempt>, retriesMs = [1, 1]) {
  const ended: string[] = [];
  const deliveries = new Deliveries({
    attempt: ({ id }) => attempt(id),
    ended: ({ id }, result) => ended.push(`${id.split('.')[0]} ${result}`),
    retriesMs,
  });
  return { deliveries, ended };
}

it('tries again as often as it may, and gives up then', async () => {
  const attempts: string[] = [];
  const { deliveries, ended } = deliveriesBy((id) => {
    attempts.push(id);
    return Promise.resolve(FAILED);
  });
  deliveries.add(announcement(1));
  await vi.waitFor(() => expect(ended).toEqual(['1 failed']));
  expect(attempts).toHaveLength(3);
});

it('lets nothing wait for what fails or hangs', async () => {
  let answer: (attempt: Attempt) => void = () => undefined;
  const hanging = new Promise<Attempt>((resolve) => {
    answer = resolve;
  });
  const { deliveries, ended } = deliveriesBy((id) => {
    return id.startsWith('1.') ? hanging : Promise.resolve(DELIVERED);
  });
  for (const id of [1, 2, 3]) deliveries.add(announcement(id));
  await vi.waitFor(() => expect(ended).toEqual(['2 delivered', '3 delivered']));
  answer(DELIVERED);
  await vi.waitFor(() => expect(ended).toHaveLength(3));
});

it('keeps so many, and gives up the oldest beyond', () => {
  const { deliveries, ended } = deliveriesBy(() => new Promise(() => undefined));
  const count = LIMITS.announcementsAtOnce + LIMITS.announcements + 2;
  for (let id = 0; id < count; id += 1) deliveries.add(announcement(id));
  expect(ended).toEqual(['4 dropped', '5 dropped']);
  expect(deliveries.length).toBe(LIMITS.announcementsAtOnce + LIMITS.announcements);
  deliveries.stop();
  deliveries.add(announcement(-1));
  expect(deliveries.length).toBe(LIMITS.announcementsAtOnce);
});
