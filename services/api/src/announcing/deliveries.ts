import { LIMITS } from '../limits.js';
import type { Announcement } from './announcement.js';

/** What became of one attempt. */
export type Attempt =
  | { readonly result: 'delivered' | 'superseded' }
  | { readonly result: 'failed'; readonly reason: string; readonly isFinal: boolean };

export const DELIVERY_RESULTS = ['delivered', 'failed', 'superseded', 'dropped'] as const;
export type DeliveryResult = (typeof DELIVERY_RESULTS)[number];

interface Delivery {
  readonly announcement: Announcement;
  failures: number;
}

interface DeliveriesOptions {
  readonly attempt: (announcement: Announcement) => Promise<Attempt>;
  /** Told of each once. */
  readonly ended: (announcement: Announcement, result: DeliveryResult, reason: string) => void;
  readonly retriesMs: readonly number[];
}

/** Delivers a few at a time; what fails is tried again later, and no other waits for it. */
export class Deliveries {
  private readonly due: Delivery[] = [];
  private readonly later = new Map<Delivery, NodeJS.Timeout>();
  private underWay = 0;
  private isOver = false;

  constructor(private readonly options: DeliveriesOptions) {}

  get length(): number {
    return this.due.length + this.later.size + this.underWay;
  }

  add(announcement: Announcement): void {
    if (this.isOver) return;
    if (this.due.length + this.later.size >= LIMITS.announcements) this.drop();
    this.due.push({ announcement, failures: 0 });
    this.next();
  }

  /** Nothing more is begun. */
  stop(): void {
    this.isOver = true;
    for (const timer of this.later.values()) clearTimeout(timer);
    this.later.clear();
    this.due.length = 0;
  }

  /** One that has failed before, or else the oldest. */
  private drop(): void {
    const [failed] = this.later.keys();
    const dropped = failed ?? this.due.shift();
    if (dropped === undefined) return;
    clearTimeout(this.later.get(dropped));
    this.later.delete(dropped);
    this.options.ended(dropped.announcement, 'dropped', 'too many wait to be sent');
  }

  private next(): void {
    while (this.underWay < LIMITS.announcementsAtOnce) {
      const delivery = this.due.shift();
      if (delivery === undefined) return;
      this.underWay += 1;
      void this.deliver(delivery).finally(() => {
        this.underWay -= 1;
        this.next();
      });
    }
  }

  private async deliver(delivery: Delivery): Promise<void> {
    const { attempt, ended, retriesMs } = this.options;
    const { announcement } = delivery;
    const done = await attempt(announcement);
    if (done.result !== 'failed') {
      ended(announcement, done.result, '');
      return;
    }
    const delayMs = retriesMs[delivery.failures];
    delivery.failures += 1;
    if (done.isFinal || delayMs === undefined || this.isOver) {
      ended(announcement, 'failed', done.reason);
      return;
    }
    const timer = setTimeout(() => {
      this.later.delete(delivery);
      this.due.push(delivery);
      this.next();
    }, delayMs);
    timer.unref();
    this.later.set(delivery, timer);
  }
}
