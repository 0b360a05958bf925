import type { LifecycleView } from '@steno/proto';

/** As the last part of the address that it is sent to. */
export type Verb = 'approve' | 'suspend' | 'resume' | 'revoke' | 'owner' | 'declare';

interface Standing {
  readonly isDeclared: boolean;
  readonly isApproved: boolean;
  readonly block: 'suspended' | 'revoked' | undefined;
}

const UNKNOWN: Standing = { isDeclared: false, isApproved: false, block: undefined };

/**
 * What may be said of an identity by its own name, as its life has it: a declaration that speaks
 * for it under another name is not its own. The api decides; this is to show it.
 */
export function stepsOf(lifecycle: readonly LifecycleView[]): readonly Verb[] {
  const counted = lifecycle.filter((entry) => entry.void === undefined);
  const { isDeclared, isApproved, block } = counted.reduce(after, UNKNOWN);
  // Nothing revives a declaration whose time is over but another one.
  const isOver = counted.at(-1)?.said === 'expired';
  return [
    ...(isDeclared && !isApproved && !isOver && block !== 'suspended' ? ['approve' as const] : []),
    ...(block === 'suspended' ? ['resume' as const] : []),
    ...(isDeclared ? ['owner' as const] : []),
    'declare',
    ...(block === undefined ? ['suspend' as const] : []),
    ...(block === 'revoked' ? [] : ['revoke' as const]),
  ];
}

function after(standing: Standing, { said }: LifecycleView): Standing {
  switch (said) {
    case 'declared':
      return { ...standing, isDeclared: true, isApproved: false };
    case 'approved':
      return { ...standing, isApproved: true, block: undefined };
    case 'suspended':
      return { ...standing, block: 'suspended' };
    case 'resumed':
      return { ...standing, block: undefined };
    case 'revoked':
      return { isDeclared: false, isApproved: false, block: 'revoked' };
    case 'owner-changed':
    case 'expired':
      return standing;
  }
}
