import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { ApprovalLinkState } from '@steno/proto';
import { counted } from '@steno/sessions';
import type { Approval } from '@steno/sessions';

const KEY_BYTES = 32;
const PURPOSE = 'steno/v1/approval-link';

/**
 * Links that lead to an approval, each good for one answer. They let nobody in: whoever opens one
 * signs in, and answers by what they may. Each api of an installation makes the same.
 */
export class ApprovalLinks {
  private readonly key: Buffer;

  constructor(installationKey: Buffer) {
    this.key = Buffer.from(hkdfSync('sha256', installationKey, '', PURPOSE, KEY_BYTES));
  }

  /** The address of an approval, as it stands now. */
  urlOf(publicUrl: string, approval: Approval): string {
    const id = encodeURIComponent(approval.request.approvalId);
    return `${publicUrl}/approvals/${id}?link=${this.nonceOf(approval).toString('base64url')}`;
  }

  /** Changes with each answer that counts. */
  nonceOf(approval: Approval): Buffer {
    return this.nonceAfter(approval, counted(approval.answers).length);
  }

  judge(approval: Approval, link: string): ApprovalLinkState {
    const given = Buffer.from(link, 'base64url');
    const last = counted(approval.answers).length;
    for (let answers = last; answers >= 0; answers -= 1) {
      const nonce = this.nonceAfter(approval, answers);
      if (given.length !== nonce.length || !timingSafeEqual(given, nonce)) continue;
      return answers === last ? 'good' : 'used';
    }
    return 'unknown';
  }

  private nonceAfter({ request: { approvalId } }: Approval, answers: number): Buffer {
    return createHmac('sha256', this.key).update(`${approvalId}\n${answers}`).digest();
  }
}
