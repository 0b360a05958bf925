import { setTimeout as delay } from 'node:timers/promises';
import type { StoreReader } from '@steno/event-store';
import type { ApprovalView } from '@steno/proto';
import type { Approval } from '@steno/sessions';
import type { ApprovalLinks } from '../approvals/approval-links.js';
import { factsOf, readApprovalView } from '../approvals/approval-views.js';
import type { Metrics } from '../http/metrics.js';
import { LIMITS } from '../limits.js';
import type { ApiOptions, WebhookOptions } from '../options.js';
import { announcementOf, stenoMessage } from './announcement.js';
import type { Announcement, Told } from './announcement.js';
import { Deliveries } from './deliveries.js';
import type { Attempt } from './deliveries.js';
import { postMessage, reasonOf } from './post.js';
import { slackMessage } from './slack-message.js';

const TEXT_POLL_MS = 250;
const MESSAGES = { steno: stenoMessage, slack: slackMessage } as const;
/** Of those that refuse, the ones that may take it later. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 429]);

interface AnnouncerParts {
  readonly options: Pick<
    ApiOptions,
    'webhook' | 'control' | 'now' | 'onError' | 'version' | 'warn'
  >;
  readonly reader: StoreReader;
  readonly links: ApprovalLinks;
  readonly metrics: Metrics;
  readonly publicUrl: () => string;
  readonly retriesMs?: readonly number[];
}

/** Tells a webhook of approvals. Nothing waits for it, whatever becomes of that. */
export class Announcer {
  private readonly announced = new Set<string>();
  private readonly stopping = new AbortController();
  private readonly deliveries: Deliveries;

  constructor(private readonly parts: AnnouncerParts) {
    const { metrics, options, retriesMs = LIMITS.webhookRetriesMs } = parts;
    this.deliveries = new Deliveries({
      retriesMs,
      attempt: (announcement) => this.attempt(announcement),
      ended: ({ id, type }, result, reason) => {
        metrics.announcements.inc({ result });
        if (reason === '') return;
        options.warn('the webhook was not told of an approval', { id, type, result, reason });
      },
    });
    metrics.countQueue(() => this.deliveries.length);
  }

  /** Tells of those that wait: whoever was told before knows them by their ids. */
  start(): void {
    const { control, now } = this.parts.options;
    for (const approval of control.approvals.waiting(nanoseconds(now()))) this.changed(approval);
  }

  /** An approval as control tells it now. */
  changed(approval: Approval): void {
    if (this.parts.options.webhook === undefined) return;
    const announcement = announcementOf(approval);
    if (this.announced.has(announcement.id)) return;
    this.announced.add(announcement.id);
    const [oldest] = this.announced;
    if (this.announced.size > LIMITS.announced && oldest !== undefined) {
      this.announced.delete(oldest);
    }
    this.deliveries.add(announcement);
  }

  stop(): void {
    this.deliveries.stop();
    this.stopping.abort();
  }

  private async attempt(announcement: Announcement): Promise<Attempt> {
    const { webhook, control } = this.parts.options;
    const { id, approval } = announcement;
    const known = control.approvals.get(approval.request.approvalId);
    // What waited when it was to be told has been answered since.
    const isOld = approval.state === 'waiting' && announcementOf(known ?? approval).id !== id;
    if (webhook === undefined || isOld) return { result: 'superseded' };
    try {
      const link = this.parts.links.urlOf(this.parts.publicUrl(), approval);
      const told = await this.told(webhook, approval);
      const body = JSON.stringify(MESSAGES[webhook.format](announcement, told, link));
      return await this.post(webhook, id, body);
    } catch (error) {
      return { result: 'failed', reason: reasonOf(error), isFinal: false };
    }
  }

  private async told({ includesText }: WebhookOptions, approval: Approval): Promise<Told> {
    const { options, reader } = this.parts;
    const now = options.now();
    if (!includesText) return factsOf(approval, now);
    const deadline = performance.now() + LIMITS.announcedTextMs;
    let view: ApprovalView;
    do {
      view = await readApprovalView(reader, approval, now);
      if (view.command !== null) break;
      await delay(TEXT_POLL_MS, undefined, { signal: this.stopping.signal });
    } while (performance.now() < deadline);
    return view;
  }

  private async post(webhook: WebhookOptions, id: string, body: string): Promise<Attempt> {
    const { now, version } = this.parts.options;
    const message = { id, timestamp: Math.floor(now() / 1000), body };
    const { signal } = this.stopping;
    const status = await postMessage(webhook.endpoint(), message, { version, signal });
    if (status >= 200 && status < 300) return { result: 'delivered' };
    const isFinal = status < 500 && !PASSING.has(status);
    return { result: 'failed', reason: `it answered ${status}`, isFinal };
  }
}

function nanoseconds(ms: number): bigint {
  return BigInt(ms) * 1_000_000n;
}
