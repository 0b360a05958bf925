import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { CliError } from '../cli/errors.js';
import type { Config, TlsFiles } from '../config/config.js';
import { localReferences } from '../config/credential-reference.js';
import { formatProblem } from '../config/problem.js';
import { resolveSecret } from '../config/secret.js';
import { webhookEndpoint } from '../config/webhook.js';
import { reasonOf } from './log-lines.js';
import type { Log } from './log.js';

/**
 * Looks at what the configuration refers to before anything is started. What a process depends on
 * must be there; a target's password may still come, and concerns that target alone.
 *
 * @throws CliError `file-unreadable`, `config`, `secret-not-set`, `secret-unreadable`
 */
export async function checkReferences(config: Config, log: Log): Promise<void> {
  checkWeb(config);
  await checkGateway(config, log);
}

/** What the console and its api refer to. */
export function checkWeb({ web, people, approvals: { webhook }, baseDirectory }: Config): void {
  checkTls('web.tls', web.tls);
  // Without it nobody could sign in, and it would show at the first who tries.
  if (people?.clientSecret !== undefined) resolveSecret(people.clientSecret, baseDirectory);
  if (webhook !== undefined) webhookEndpoint(webhook, baseDirectory);
}

/** All that is wrong with the policies, a line each. */
export async function policyProblemsOf({ policies }: Config): Promise<readonly string[]> {
  if (policies.length === 0) return [];
  // Here, since it takes longer to load than most verbs to run.
  const { policyProblems } = await import('@steno/policy');
  return policyProblems(policies).map(({ file, line = 1, message }) => {
    return formatProblem({ file, line, column: 1, key: '', message });
  });
}

/** What the gateways refer to. */
export async function checkGateway(config: Config, log: Log): Promise<void> {
  const problems = await policyProblemsOf(config);
  if (problems.length > 0) throw new CliError('config', `\n  ${problems.join('\n  ')}`);
  checkTls('gateways.postgres.tls', config.gateways.postgres.tls);
  for (const { issuer, keys } of config.issuers) {
    if (keys.kind === 'file') check(`jwks of the issuer ${issuer}`, keys.path, JSON.parse);
  }
  const { vault, baseDirectory: base } = config;
  if (vault?.ca !== undefined) check('vault.ca', vault.ca, (ca) => createSecureContext({ ca }));
  for (const target of config.targets) {
    const { name, tls } = target;
    if (tls.ca !== undefined) {
      check(`tls.ca of the target ${name}`, tls.ca, (ca) => createSecureContext({ ca }));
    }
    for (const reference of localReferences(target)) warnOfSecret(log, { name, reference, base });
  }
}

function checkTls(key: string, tls: TlsFiles | undefined): void {
  if (tls === undefined) return;
  const cert = check(`${key}.cert`, tls.cert, (text) => createSecureContext({ cert: text }));
  check(`${key}.key`, tls.key, (text) => createSecureContext({ cert, key: text }));
}

function check(what: string, path: string, use: (text: string) => unknown): string {
  try {
    const text = readFileSync(path, 'utf8');
    use(text);
    return text;
  } catch (error) {
    // What a parser says of a key might quote it; these say where in the file, or less.
    throw new CliError('file-unreadable', `${what} is ${path}: ${reasonOf(error)}.`);
  }
}

function warnOfSecret(
  log: Log,
  { name, reference, base }: { name: string; reference: string; base: string },
): void {
  try {
    resolveSecret(reference, base);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const details = { code: error.code, target: name, reference, hint: error.hint };
    log.say('warn', `the target ${name} has no password: ${error.message}`, details);
  }
}
