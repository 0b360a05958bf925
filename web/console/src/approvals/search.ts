/** What the address of the inbox says, beside which approval is open. */
export interface ApprovalsSearch {
  /** Those that do not wait any more are shown too. */
  readonly show?: 'all';
  /** Of the link that led here. */
  readonly link?: string;
}

/** More of it is no link of Steno, and told as that. */
const LINK_CHARACTERS = 128;

/** Takes what is valid and forgets the rest, so an old or mistyped link still opens. */
export function validateApprovalsSearch(raw: Readonly<Record<string, unknown>>): ApprovalsSearch {
  const { show, link } = raw;
  return {
    ...(show === 'all' ? { show } : {}),
    ...(typeof link === 'string' && link !== '' ? { link: link.slice(0, LINK_CHARACTERS) } : {}),
  };
}

/** For what leads to another approval, or back to this one. */
export function withoutLink({ show }: ApprovalsSearch): ApprovalsSearch {
  return show === undefined ? {} : { show };
}
