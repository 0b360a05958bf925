import { KeyFile } from '../../credentials/key-file.js';
import { VaultClient } from '../../credentials/vault-client.js';
import { CliError } from '../errors.js';
import { fail, ok } from './check.js';
import type { Check, Patient } from './check.js';

/** What targets refer to beyond the environment and files: Vault, and the key of what is sealed. */
export async function checkCredentials({ config }: Patient): Promise<Check[]> {
  const all = config.targets.flatMap(({ credential, credentials }) => [
    credential?.password,
    ...credentials.map((one) => one.credential.password),
  ]);
  const isSealed = all.some((password) => password?.startsWith('sealed:') === true);
  return [
    ...(isSealed ? [checkKeys(config.credentialKeys)] : []),
    ...(config.vault === undefined ? [] : [await checkVault(config.vault, config.baseDirectory)]),
  ];
}

function checkKeys(path: string): Check {
  const advice = '`steno credential set NAME` makes it; copy it to each host of a gateway.';
  try {
    if (new KeyFile(path).canOpen) return ok('credential', `sealed credentials open by ${path}`);
    return fail('credential', `the key of sealed credentials is not there: ${path}`, advice);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return fail('credential', error.message, error.hint);
  }
}

async function checkVault(
  vault: ConstructorParameters<typeof VaultClient>[0],
  baseDirectory: string,
): Promise<Check> {
  let client: VaultClient | undefined;
  try {
    client = new VaultClient(vault, baseDirectory);
    await client.ask({ method: 'GET', path: 'auth/token/lookup-self' });
    return ok('vault', `${vault.address} lets Steno in`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return fail('vault', reason, 'See docs/credentials.md; sessions that need it are refused.');
  } finally {
    client?.close();
  }
}
