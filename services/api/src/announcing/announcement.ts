import type { ApprovalView } from '@steno/proto';
import { counted, toRfc3339 } from '@steno/sessions';
import type { Approval } from '@steno/sessions';

/** What is told of an approval outside: how it stands, once for each time that this changes. */
export interface Announcement {
  /** The same from each api of an installation, so that doubles can be told. */
  readonly id: string;
  readonly type: `approval.${'requested' | 'answered' | Exclude<Approval['state'], 'waiting'>}`;
  /** When it came to stand so. */
  readonly timestamp: string;
  readonly approval: Approval;
}

/** An approval as a message shows it; without the text of its command where that is not told. */
export type Told = Omit<ApprovalView, 'command'> & Partial<Pick<ApprovalView, 'command'>>;

export function announcementOf(approval: Approval): Announcement {
  const { request, requestedAt, state, endedAt } = approval;
  const answers = counted(approval.answers);
  const said = answers.length === 0 ? 'requested' : 'answered';
  return {
    id: `${request.approvalId}.${state}.${answers.length}`,
    type: `approval.${state === 'waiting' ? said : state}`,
    timestamp: toRfc3339(endedAt ?? answers.at(-1)?.occurredAt ?? requestedAt),
    approval,
  };
}

/** The message of Steno's own format. */
export function stenoMessage({ type, timestamp }: Announcement, told: Told, link: string): object {
  return { type, timestamp, data: { ...told, link } };
}
