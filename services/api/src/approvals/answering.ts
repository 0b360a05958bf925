import { Inject, Injectable } from '@nestjs/common';
import type { ApprovalLinkState } from '@steno/proto';
import { LINK_USED, whyVoid } from '@steno/sessions';
import type { Approval } from '@steno/sessions';
import type { Asking } from '../asking.js';
import { ApiProblem } from '../errors.js';
import type { ApiOptions, ControlEvent } from '../options.js';
import { Gatekeeper } from '../people/gatekeeper.js';
import type { Person } from '../people/person.js';
import { recordControl } from '../record-control.js';
import { OPTIONS } from '../tokens.js';
import { ApprovalLinks } from './approval-links.js';
import { isWaiting } from './approval-views.js';

/** What somebody says of a held command. */
export type Answer =
  | { readonly said: 'granted'; readonly reason: string; readonly windowSeconds: number }
  | { readonly said: 'refused' | 'overridden'; readonly reason: string };

const NANOSECONDS_PER_MS = 1_000_000n;

/** Takes answers: they count as the log has them, whichever api they were given to. */
@Injectable()
export class Answering {
  constructor(
    private readonly gatekeeper: Gatekeeper,
    private readonly links: ApprovalLinks,
    @Inject(OPTIONS) private readonly options: ApiOptions,
  ) {}

  /** Throws ApiProblem where there is none of this id. */
  find(id: string): Approval {
    const approval = this.options.control.approvals.get(id);
    if (approval === undefined) throw new ApiProblem('unknownApproval');
    return approval;
  }

  /** How a link that led to an approval stands. */
  linkState(approval: Approval, link: string): ApprovalLinkState {
    return this.links.judge(approval, link);
  }

  /**
   * The approval with the answer. Throws ApiProblem where the answer does not count.
   *
   * @param link by which it is given; undefined: by none
   */
  async answer(asking: Asking, id: string, answer: Answer, link?: string): Promise<Approval> {
    const person = this.gatekeeper.personOf(asking.request);
    if (person === undefined) throw new ApiProblem('notSignedIn');
    const { actor, name, groups } = person;
    const approval = this.find(id);
    const now = this.options.now();
    if (!isWaiting(approval, now)) {
      const { state } = approval;
      throw new ApiProblem(
        'approvalEnded',
        state === 'waiting' ? 'It expired.' : `It was ${state}.`,
      );
    }
    const occurredAt = BigInt(now) * NANOSECONDS_PER_MS;
    const linkNonce = this.nonceOf(approval, link);
    const from = { actor, name, groups, linkNonce: linkNonce.toString('hex') };
    const why = whyVoid(approval, { said: answer.said, ...from, occurredAt });
    if (why !== '') throw new ApiProblem('mayNotAnswer', `${why}.`);
    await recordControl(this.options, eventOf(id, answer, person, linkNonce));
    return this.counted(id, answer, actor);
  }

  private nonceOf(approval: Approval, link: string | undefined): Buffer {
    if (link === undefined) return Buffer.alloc(0);
    const state = this.links.judge(approval, link);
    if (state !== 'good') throw new ApiProblem(state === 'used' ? 'linkUsed' : 'unknownLink');
    return this.links.nonceOf(approval);
  }

  /** What was said as the log has it: somebody may have been quicker. */
  private counted(id: string, { said }: Answer, actor: string): Approval {
    const approval = this.find(id);
    const own = approval.answers.findLast((each) => each.said === said && each.actor === actor);
    if (own === undefined) throw new ApiProblem('approvalEnded', `It was ${approval.state}.`);
    if (own.void === LINK_USED) throw new ApiProblem('linkUsed');
    if (own.void !== '') throw new ApiProblem('approvalEnded', `${own.void}.`);
    return approval;
  }
}

function eventOf(
  approvalId: string,
  answer: Answer,
  person: Person,
  linkNonce: Uint8Array,
): ControlEvent {
  const { reason } = answer;
  const { groups } = person;
  const author = { actor: person.actor, actorName: person.name, linkNonce };
  switch (answer.said) {
    case 'granted': {
      const { windowSeconds } = answer;
      return { type: 'approval.granted', approvalId, ...author, groups, reason, windowSeconds };
    }
    case 'refused':
      return { type: 'approval.refused', approvalId, ...author, groups, reason };
    case 'overridden':
      return { type: 'approval.overridden', approvalId, ...author, reason };
  }
}
