/** What the address of the inbox says, beside which approval is open. */
export interface ApprovalsSearch {
  /** Those that do not wait any more are shown too. */
  readonly show?: 'all';
}

/** Takes what is valid and forgets the rest, so an old or mistyped link still opens. */
export function validateApprovalsSearch(raw: Readonly<Record<string, unknown>>): ApprovalsSearch {
  return raw['show'] === 'all' ? { show: 'all' } : {};
}
