import type {
  CapturePoliciesView,
  DryRunLine,
  ListedPolicyVersionView,
  PolicyFileView,
  PolicyProblemView,
} from '@steno/proto';
import type { ServerResponse } from 'node:http';

interface Version extends ListedPolicyVersionView {
  readonly files: readonly PolicyFileView[];
}

/** SHA-256 of nothing. */
export const NO_POLICIES = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
export const FIRST = `${'1'.repeat(12)}${'a'.repeat(52)}`;
export const SECOND = `${'2'.repeat(12)}${'b'.repeat(52)}`;

const lines = Array.from({ length: 12 }, (_, index) => `// line ${index + 1}`);
const reads = `${lines.join('\n')}
@id("reads")
permit (principal, action in Action::"read", resource);
`;
const none = { added: [], removed: [], changed: [] };

const version = (digest: string, more: Partial<Version>): Version => ({
  digest,
  rules: 1,
  fileNames: ['rules.cedar'],
  firstLoadedAt: '2026-11-20T10:00:00Z',
  inForceSince: '2026-11-20T10:00:00Z',
  lastInForceAt: '2026-11-21T10:00:00Z',
  captures: ['capture-0'],
  before: null,
  changes: null,
  files: [{ name: 'rules.cedar', text: reads }],
  ...more,
});

/** Policies as an api would tell of them. */
export class PolicyBook {
  versions: Version[] = [
    version(SECOND, {
      rules: 2,
      lastInForceAt: null,
      before: FIRST,
      changes: {
        files: { ...none, changed: ['rules.cedar'] },
        rules: { ...none, added: ['rules/x'] },
      },
      files: [{ name: 'rules.cedar', text: `${reads}forbid (principal, action, resource);\n` }],
    }),
    version(FIRST, { before: NO_POLICIES, changes: { files: none, rules: none } }),
    version(NO_POLICIES, { rules: 0, fileNames: [], files: [] }),
  ];
  inForce: CapturePoliciesView[] = [placeOf('capture-0', SECOND)];
  answers: readonly DryRunLine[] = [];
  problems: readonly PolicyProblemView[] = [];
  /** The answer does not end by itself. */
  isSlow = false;
  /** Askers who did not wait for the end. */
  left = 0;
  readonly tried: { readonly files: readonly PolicyFileView[]; readonly since: string }[] = [];

  answer(path: string, query: URLSearchParams): object | undefined {
    if (path === '/policies') {
      return { items: this.versions, nextCursor: null, inForce: this.inForce, leftOut: 0 };
    }
    const [, digest, part] = /^\/policies\/(\w+)(?:\/(\w+))?$/.exec(path) ?? [];
    const to = this.versions.find((one) => one.digest === digest);
    if (to === undefined || part === undefined) return to;
    const from = this.versions.find((one) => one.digest === query.get('from'));
    const changes = to.changes ?? { files: none, rules: none };
    return from === undefined ? undefined : { from, to, changes };
  }

  dryRun(body: string, response: ServerResponse): void {
    this.tried.push(JSON.parse(body) as (typeof this.tried)[number]);
    const { problems } = this;
    if (problems.length > 0) {
      response.writeHead(422, { 'content-type': 'application/problem+json' });
      const title = 'The policies are not taken';
      response.end(JSON.stringify({ title, detail: '', code: 'STENO-3072', problems }));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    for (const line of this.answers) response.write(`${JSON.stringify(line)}\n`);
    if (!this.isSlow) response.end();
    response.once('close', () => (this.left += response.writableEnded ? 0 : 1));
  }
}

export function placeOf(instance: string, digest: string): CapturePoliciesView {
  return { instance, digest, since: '2026-11-22T10:00:00Z', isSilent: false };
}
