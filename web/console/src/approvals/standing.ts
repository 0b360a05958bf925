import type { ApprovalView, MeView } from '@steno/proto';

/** What the one who is signed in may say of a held command. The api decides; this is to show it. */
export interface Standing {
  readonly mayApprove: boolean;
  readonly mayRefuse: boolean;
  /** As an administrator whose approval would not count. */
  readonly mayOverride: boolean;
  /** Why they may not approve; empty where they may. */
  readonly why: string;
}

/** Of a command that waits. */
export function standingOf(approval: ApprovalView, me: MeView): Standing {
  const why = whyNot(approval, me);
  const isApprover = me.roles.includes('approver');
  return {
    mayApprove: why === '',
    mayRefuse: isApprover && isAsked(approval, me),
    mayOverride: why !== '' && me.roles.includes('admin'),
    why,
  };
}

function whyNot(approval: ApprovalView, me: MeView): string {
  const { identity, subject, actors, owner, ownerExcluded, answers } = approval;
  if (!me.roles.includes('approver')) return 'You do not have the role approver.';
  if (!isAsked(approval, me)) {
    const groups = approval.asks.map(({ group }) => group).join(', ');
    return `It is asked of ${groups}; you are in ${me.groups.join(', ') || 'no group'}.`;
  }
  const mine = [me.actor, me.name ?? me.actor].map((name) => name.toLowerCase());
  const isMe = (name: string): boolean => name !== '' && mine.includes(name.toLowerCase());
  if ([identity, subject, ...actors].some(isMe)) return 'You are the one who asks.';
  if (ownerExcluded && isMe(owner)) return 'You own the target, and the rule asks others.';
  const hasAnswered = answers.some((each) => each.void === undefined && isMe(each.actor));
  return hasAnswered ? 'You have approved it already.' : '';
}

const isAsked = ({ asks }: ApprovalView, { groups }: MeView): boolean =>
  asks.some(({ group }) => groups.includes(group));

/** Those that still have to agree, as `2 more of dba`; empty where nobody has to. */
export const openAsks = ({ asks }: ApprovalView): string =>
  asks
    .filter(({ count, granted }) => granted < count)
    .map(({ group, count, granted }) => `${count - granted} more of ${group}`)
    .join(' and ');

/** Whether the command runs once this person agrees. */
export const isLastOf = ({ asks }: ApprovalView, { groups }: MeView): boolean =>
  asks.every(({ group, count, granted }) => granted + (groups.includes(group) ? 1 : 0) >= count);

const windows = [15 * 60, 3600, 4 * 3600, 24 * 3600];

/** For how long the same command may be let run again, in seconds; empty where it may not. */
export const windowChoices = (secondsMax: number): readonly number[] =>
  secondsMax <= 0 ? [] : [...windows.filter((seconds) => seconds < secondsMax), secondsMax];

/** `15 min`, `4 h`, `7 d`: the largest unit that it is a whole number of. */
export function formatSeconds(seconds: number): string {
  const units = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
  ] as const;
  const [size, unit] = units.find(([each]) => seconds % each === 0) ?? [1, 's'];
  return `${seconds / size} ${unit}`;
}
