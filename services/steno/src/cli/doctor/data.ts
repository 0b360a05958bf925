import { constants, existsSync } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { localReferences } from '../../config/credential-reference.js';
import { resolveSecret } from '../../config/secret.js';
import { policyProblemsOf } from '../../up/preflight.js';
import { CliError } from '../errors.js';
import { fail, ok, warn } from './check.js';
import type { Check, Patient } from './check.js';

const OTHERS = 0o077;

export async function checkDataDirectory({ config: { data } }: Patient): Promise<Check> {
  const isThere = existsSync(data);
  let folder = data;
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch {
    const advice = 'Give it to the user that runs Steno, or point `data` elsewhere.';
    return fail('data', `${folder} cannot be written to`, advice);
  }
  if (!isThere) return ok('data', `${data} will be made`);
  const { mode } = await stat(data);
  if ((mode & OTHERS) === 0) return ok('data', data);
  return warn('data', `${data} is open to other users`, `chmod 700 ${data}`);
}

/** Keys, tokens and passwords at rest must be for their owner alone. */
export async function checkSecretFiles({ config: { data } }: Patient): Promise<Check> {
  const open: string[] = [];
  for (const folder of ['keys', 'run']) {
    const path = join(data, folder);
    const all = existsSync(path) ? await readdir(path) : [];
    const names = all.filter((name) => !name.endsWith('.pub'));
    for (const name of names) {
      const file = join(path, name);
      const status = await stat(file);
      if (status.isFile() && (status.mode & OTHERS) !== 0) open.push(file);
    }
  }
  if (open.length === 0) return ok('secrets', 'keys and tokens are readable by their owner alone');
  const advice = 'chmod 600 them, and replace what others may have read.';
  return fail('secrets', `others can read ${open.join(', ')}`, advice);
}

/** What the configuration refers to: credentials, certificates, key sets. */
export async function checkReferences({ config, environment }: Patient): Promise<Check[]> {
  const secrets = config.targets.flatMap((target) =>
    localReferences(target).map(
      (reference) => [`the password of target ${target.name}`, reference] as const,
    ),
  );
  const ofClient = ['people.clientSecret', config.people?.clientSecret] as const;
  const { webhook } = config.approvals;
  const ofWebhook = ['approvals.webhook.secret', webhook?.secret] as const;
  const credentials = [...secrets, ofClient, ofWebhook].flatMap(([name, reference]) =>
    reference === undefined
      ? []
      : [checkSecret(name, reference, config.baseDirectory, environment)],
  );
  const files = [
    ...config.targets.flatMap((target) => target.tls.ca ?? []),
    ...config.issuers.flatMap(({ keys }) => (keys.kind === 'file' ? [keys.path] : [])),
  ];
  return [...credentials, ...(await Promise.all(files.map(checkFile)))];
}

/** The files in Cedar. */
export async function checkPolicies({ config }: Patient): Promise<Check> {
  const problems = await policyProblemsOf(config);
  if (problems.length > 0) {
    return fail('policies', problems.join('\n'), 'Mend the files; `up` does not start with them.');
  }
  const names = config.policies.map(({ name }) => name);
  if (names.length > 0) return ok('policies', names.join(', '));
  return warn(
    'policies',
    'there are none: every command of every identity is allowed',
    'Name Cedar files under `policies` in steno.yaml: see docs/policies.md.',
  );
}

function checkSecret(
  name: string,
  reference: string,
  baseDirectory: string,
  environment: Patient['environment'],
): Check {
  try {
    resolveSecret(reference, baseDirectory, environment);
    return ok('credential', `${name} is there (${reference})`);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return fail('credential', `${name}: ${error.message}`, error.hint);
  }
}

async function checkFile(path: string): Promise<Check> {
  try {
    await readFile(path);
    return ok('file', path);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail('file', reason, 'Correct its path in steno.yaml, or who may read it.');
  }
}
