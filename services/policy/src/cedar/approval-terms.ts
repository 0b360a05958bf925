/** Some members of a group that must agree. */
export interface ApprovalAsk {
  readonly group: string;
  /** Different people. */
  readonly count: number;
}

/** What must be before a held command may run. */
export interface ApprovalTerms {
  /** All of them. */
  readonly asks: readonly ApprovalAsk[];
  /** How long they have for it. */
  readonly ttlSeconds: number;
  /** For how long the same command may go on being run by one approval at most; 0: once only. */
  readonly windowSeconds: number;
  /** The owner of the target may not be among them. */
  readonly ownerExcluded: boolean;
}

const FORM = '@approve("group=NAME n=1 ttl=15m"), with window=1h and owner=excluded where wanted';
const COUNT_MAX = 10;
const TTL_SECONDS_MAX = 24 * 3600;
const WINDOW_SECONDS_MAX = 7 * 24 * 3600;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };
const DEFAULTS: ApprovalTerms = {
  asks: [{ group: 'approvers', count: 1 }],
  ttlSeconds: 15 * 60,
  windowSeconds: 0,
  ownerExcluded: false,
};

/** Reads the text of an `@approve`; or says what is wrong with it. */
export function readApprovalTerms(text: string): ApprovalTerms | { readonly problem: string } {
  let terms = DEFAULTS;
  let [{ group, count } = { group: '', count: 0 }] = DEFAULTS.asks;
  const seen = new Set<string>();
  for (const part of text.split(/\s+/).filter((each) => each !== '')) {
    const [, key = '', value = ''] = /^([a-z]+)=(.+)$/.exec(part) ?? [];
    const problem = { problem: `${part} is not part of ${FORM}` };
    if (seen.has(key)) return { problem: `${key} is there twice` };
    seen.add(key);
    if (key === 'group') group = value;
    else if (key === 'n') {
      count = /^\d{1,3}$/.test(value) ? Number(value) : 0;
      if (count < 1 || count > COUNT_MAX) return { problem: `n is from 1 to ${COUNT_MAX}` };
    } else if (key === 'ttl') {
      const ttlSeconds = secondsOf(value, TTL_SECONDS_MAX);
      if (ttlSeconds === undefined) return { problem: 'ttl is from 1s to 24h, as 90s or 15m' };
      terms = { ...terms, ttlSeconds };
    } else if (key === 'window') {
      const windowSeconds = secondsOf(value, WINDOW_SECONDS_MAX);
      if (windowSeconds === undefined) return { problem: 'window is from 1s to 7d, as 30m or 4h' };
      terms = { ...terms, windowSeconds };
    } else if (key === 'owner' && value === 'excluded') terms = { ...terms, ownerExcluded: true };
    else return problem;
  }
  return { ...terms, asks: [{ group, count }] };
}

/** The strictest of both: what either asks for. */
export function strictest(one: ApprovalTerms, other: ApprovalTerms): ApprovalTerms {
  const counts = new Map<string, number>();
  for (const { group, count } of [...one.asks, ...other.asks]) {
    counts.set(group, Math.max(count, counts.get(group) ?? 0));
  }
  return {
    asks: [...counts].map(([group, count]) => ({ group, count })),
    ttlSeconds: Math.min(one.ttlSeconds, other.ttlSeconds),
    windowSeconds: Math.min(one.windowSeconds, other.windowSeconds),
    ownerExcluded: one.ownerExcluded || other.ownerExcluded,
  };
}

function secondsOf(text: string, most: number): number | undefined {
  const [, number = '', unit = ''] = /^(\d{1,7})([smhd])$/.exec(text) ?? [];
  const seconds = Number(number) * (SECONDS[unit] ?? 0);
  return seconds >= 1 && seconds <= most ? seconds : undefined;
}
