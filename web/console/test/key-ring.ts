import type { ApiKeyView, MeView, NewApiKeyView, Page, ProblemView } from '@steno/proto';

const DAY_MS = 86_400_000;
const at = (ms: number): string => new Date(Date.now() + ms).toISOString();

export function keyOf(name: string, change: Partial<ApiKeyView> = {}): ApiKeyView {
  return {
    keyId: `id-of-${name}`,
    name,
    identity: 'ci:shop',
    owner: 'olga',
    groups: [],
    state: 'good',
    issuedAt: at(-20 * DAY_MS),
    issuedBy: 'ann',
    expiresAt: at(10 * DAY_MS),
    usedAt: at(-3 * 3_600_000),
    ...change,
  };
}

/** One in each state. */
export const someKeys = (): ApiKeyView[] => [
  keyOf('loader-2', { groups: ['etl', 'nightly'], usedAt: null }),
  keyOf('loader'),
  keyOf('trial', { state: 'expired', expiresAt: at(-DAY_MS) }),
  keyOf('leaked', { state: 'revoked', revokedBy: 'bob', reason: 'it was in a public log' }),
];

/** The keys of the stand-in, and what was asked of them. */
export class KeyRing {
  items: ApiKeyView[] = [];
  /** What came by POST, valid or not. */
  readonly asked: { readonly path: string; readonly body: unknown }[] = [];

  list(query: URLSearchParams): Page<ApiKeyView> {
    const of = query.get('identity');
    return { items: this.items.filter(({ identity }) => identity === of), nextCursor: null };
  }

  change(path: string, body: string, by: MeView): ProblemView | ApiKeyView {
    const said = JSON.parse(body) as Partial<NewApiKeyView> & { readonly seconds?: number };
    this.asked.push({ path, body: said });
    if (!by.roles.includes('admin')) {
      const detail = 'It takes the role admin. An administrator can give it to you.';
      return problem(403, 'STENO-3003', 'Not allowed', detail);
    }
    return path === '/keys' ? this.#make(said) : this.#revoke(path, said.reason ?? '', by);
  }

  #make({ seconds = 0, ...said }: Partial<NewApiKeyView> & { readonly seconds?: number }) {
    const { name = '' } = said;
    if (this.items.some((key) => key.name === name && key.state === 'good')) {
      return problem(409, 'STENO-3061', 'There is a key of this name', 'Revoke it first.');
    }
    const times = { issuedAt: at(0), expiresAt: at(seconds * 1000), usedAt: null };
    const made = keyOf(name, { ...said, ...times });
    this.items = [made, ...this.items];
    return { ...made, key: `steno_key_${name.padEnd(43, 'x')}_abcdef` };
  }

  #revoke(path: string, reason: string, by: MeView): ProblemView | ApiKeyView {
    const name = decodeURIComponent(path.split('/')[2] ?? '');
    const known = this.items.find((key) => key.name === name && key.state === 'good');
    if (known === undefined) return problem(404, 'STENO-3060', 'There is no such key', '');
    const revoked = { ...known, state: 'revoked' as const, revokedBy: by.actor, reason };
    this.items = this.items.map((key) => (key === known ? revoked : key));
    return revoked;
  }
}

function problem(status: number, code: string, title: string, detail: string): ProblemView {
  return { type: 'about:blank', title, status, detail, code };
}
