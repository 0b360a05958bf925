import type {
  ApprovalAnswerView,
  ApprovalDetailView,
  ApprovalLinkState,
  ApprovalView,
  MeView,
  Page,
  ProblemView,
} from '@steno/proto';

interface Saying {
  readonly id: string;
  readonly verb: string;
  readonly body: string;
  readonly by: MeView;
}

type Body = ApprovalAnswerView & { readonly link?: string };

export const GOOD_LINK = 'bGluaw';

const STATE_OF = { approve: 'granted', refuse: 'refused', override: 'overridden' } as const;

/** The approvals of the stand-in, and what was said to them. */
export class HeldCommands {
  items: ApprovalDetailView[] = [];
  isLogAway = false;
  /** Of the one link that is good. */
  isLinkUsed = false;
  /** What came by POST, valid or not. */
  readonly said: { readonly id: string; readonly verb: string; readonly body: unknown }[] = [];

  list(all: boolean): Page<ApprovalView> {
    const items = this.items.filter(({ state }) => all || state === 'waiting');
    return { items: items.map(({ before: _, ...view }) => view), nextCursor: null };
  }

  detail(id: string, link: string | null = null): ApprovalDetailView | ProblemView {
    const found = this.items.find(({ approvalId }) => approvalId === id);
    if (found === undefined) return problem(404, 'STENO-3020', 'There is no such approval');
    return link === null ? found : { ...found, link: this.stateOf(link) };
  }

  private stateOf(link: string): ApprovalLinkState {
    if (link !== GOOD_LINK) return 'unknown';
    return this.isLinkUsed ? 'used' : 'good';
  }

  change(id: string, change: Partial<ApprovalDetailView>): void {
    this.items = this.items.map((each) => (each.approvalId === id ? { ...each, ...change } : each));
  }

  answer({ id, verb, body, by }: Saying): ApprovalDetailView | ProblemView {
    const { reason, windowSeconds, link } = JSON.parse(body) as Body;
    this.said.push({ id, verb, body: JSON.parse(body) as unknown });
    const found = this.items.find(({ approvalId }) => approvalId === id);
    if (found === undefined) return problem(404, 'STENO-3020', 'There is no such approval');
    if (this.isLogAway) {
      const detail = 'Try again; `steno doctor` says what is wrong.';
      return problem(503, 'STENO-3009', 'The event log does not take events', detail);
    }
    if (found.state !== 'waiting') {
      const detail = `It was ${found.state}. Nothing is left to do.`;
      return problem(409, 'STENO-3021', 'The command does not wait any more', detail);
    }
    const counts = found.asks.some(({ group }) => by.groups.includes(group));
    if (verb !== 'override' && !counts) {
      const detail = `${by.actor} is in no group that is asked.`;
      return problem(403, 'STENO-3022', 'The answer would not count', detail);
    }
    if (link !== undefined && this.stateOf(link) !== 'good') {
      return problem(409, 'STENO-3050', 'The link was used already', 'The inbox shows what waits.');
    }
    this.isLinkUsed ||= link !== undefined;
    const state = STATE_OF[verb as keyof typeof STATE_OF];
    const at = new Date().toISOString();
    const more = windowSeconds === undefined ? {} : { windowSeconds };
    const answers = [...found.answers, { said: state, actor: by.actor, reason, at, ...more }];
    const asks = found.asks.map((ask) =>
      state === 'granted' && by.groups.includes(ask.group)
        ? { ...ask, granted: ask.granted + 1 }
        : ask,
    );
    const isOver = state !== 'granted' || asks.every(({ count, granted }) => granted >= count);
    this.change(id, { answers, asks, ...(isOver ? { state, endedAt: at } : {}) });
    return this.detail(id);
  }
}

function problem(status: number, code: string, title: string, detail = ''): ProblemView {
  return { type: 'about:blank', title, status, detail, code };
}
