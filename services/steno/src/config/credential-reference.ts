import type { Config, TargetConfig } from './config.js';

/** How they are written. */
export const REFERENCES = 'env:…, file:…, vault:kv/…#…, vault:database/… or sealed:…';

/** Where the secret of a credential is found. */
export type CredentialReference =
  | { readonly scheme: 'env' | 'file' }
  | { readonly scheme: 'vault-kv'; readonly path: string; readonly field: string }
  | { readonly scheme: 'vault-database'; readonly role: string }
  | { readonly scheme: 'sealed'; readonly name: string };

/** No segment is `.` or `..`, by which a path could lead elsewhere. */
const SEGMENT = '(?!\\.{1,2}(?:/|#|$))[A-Za-z0-9_.-]+';
const VAULT_KV = `vault:kv/(${SEGMENT}(?:/${SEGMENT})*)#([A-Za-z0-9_.-]+)`;
const VAULT_DATABASE = `vault:database/(${SEGMENT})`;
const NAME = '[A-Za-z0-9][A-Za-z0-9_.-]{0,62}';
const SEALED = `sealed:(${NAME})`;

export const CREDENTIAL_NAME = new RegExp(`^${NAME}$`);

/** Undefined where it is none of them: it may be a secret that somebody put in the wrong place. */
export function parseReference(text: string): CredentialReference | undefined {
  if (/^env:[A-Za-z_][A-Za-z0-9_]*$/.test(text)) return { scheme: 'env' };
  if (/^file:./.test(text)) return { scheme: 'file' };
  const [, path, field] = new RegExp(`^${VAULT_KV}$`).exec(text) ?? [];
  if (path !== undefined && field !== undefined) return { scheme: 'vault-kv', path, field };
  const [, role] = new RegExp(`^${VAULT_DATABASE}$`).exec(text) ?? [];
  if (role !== undefined) return { scheme: 'vault-database', role };
  const [, name] = new RegExp(`^${SEALED}$`).exec(text) ?? [];
  return name === undefined ? undefined : { scheme: 'sealed', name };
}

/** The secrets of a target that lie in the environment or in files. */
export function localReferences({ credential, credentials }: TargetConfig): readonly string[] {
  const all = [credential, ...credentials.map((one) => one.credential)];
  return all.flatMap((one) => {
    const password = one?.password;
    return password !== undefined && /^(env|file):/.test(password) ? [password] : [];
  });
}

/** All secrets by which targets are signed in to, and Vault for them. */
export function targetSecretsOf({ targets, vault }: Config): readonly string[] {
  const { auth } = vault ?? {};
  const ofTargets = targets.flatMap(localReferences);
  if (auth === undefined) return ofTargets;
  if (auth.method === 'token') return [...ofTargets, auth.token];
  return [...ofTargets, auth.method === 'approle' ? auth.secretId : auth.jwt];
}
