import type { Page, SealedBoxView, SealedCredentialView } from '@steno/proto';
import { CREDENTIAL_NAME } from '../config/credential-reference.js';
import { KeyFile } from '../credentials/key-file.js';
import { SECRET_BYTES_MAX, keyIdOf, openSecret, sealSecret } from '../credentials/sealed-box.js';
import { findApi } from './api-address.js';
import { ApiClient } from './api-client.js';
import type { Context } from './context.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { Table } from './table.js';
import { addVerb, loadConfig } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

export const defineCredential: DefineVerb = (program, context, finish) => {
  addVerb(program, 'credential', 'Keeps secrets of targets in Steno, sealed.')
    .argument('<what>', 'list, set, remove or rotate-key')
    .argument('[name]', 'of the credential')
    .addHelpText('after', HELP)
    .action(async (what: string, name: string | undefined, options: SharedOptions) => {
      if (what === 'list' && name === undefined) await list(context, options);
      else if (what === 'set' && name !== undefined) await set(context, name, options);
      else if (what === 'remove' && name !== undefined) await remove(context, name, options);
      else if (what === 'rotate-key' && name === undefined) await rotateKey(context, options);
      else {
        const usage = 'It takes `list`, `set NAME`, `remove NAME` or `rotate-key`.';
        throw new CliError('usage', usage);
      }
      finish(EXIT.done);
    });
};

const HELP = `
\`set NAME\` reads the secret from its input, seals it here, and sends it sealed; targets refer to
it as \`sealed:NAME\`. Only what holds the file of \`credentials.key\` opens it: the gateway.
\`rotate-key\` runs where that file is: it seals all of them anew with a new key.`;

async function list(context: Context, options: SharedOptions): Promise<void> {
  const client = new ApiClient(findApi(context, options));
  const items = await listed(client);
  if (options.json === true) for (const item of items) await context.out.json(item);
  else await new Table(context.out, COLUMNS).print(items);
}

async function set(context: Context, name: string, options: SharedOptions): Promise<void> {
  if (!CREDENTIAL_NAME.test(name)) {
    throw new CliError('usage', 'NAME has letters, digits, _ . -, at most 63 of them.');
  }
  const secret = await readSecret(context);
  const keys = new KeyFile(loadConfig(context, options).credentialKeys);
  const client = new ApiClient(findApi(context, options));
  const known = await client.get<SealedBoxView>(pathOf(name));
  if (!keys.isThere) keys.create();
  const view = await seal(client, known, { secret, publicKey: keys.publicKey });
  if (options.json === true) await context.out.json(view);
  else {
    await context.out.line(`Sealed ${name}, version ${view.version}, with the key ${view.keyId}.`);
  }
}

async function remove(context: Context, name: string, options: SharedOptions): Promise<void> {
  const client = new ApiClient(findApi(context, options));
  await client.delete(pathOf(name));
  if (options.json === true) await context.out.json({ name, removed: true });
  else await context.out.line(`Removed ${name}; sessions that run go on.`);
}

/** Until all is sealed anew the old keys stay; broken off, it can be run again. */
async function rotateKey(context: Context, options: SharedOptions): Promise<void> {
  const keys = new KeyFile(loadConfig(context, options).credentialKeys);
  const client = new ApiClient(findApi(context, options));
  const opened = await Promise.all(
    (await listed(client)).map(async ({ name }) => open(client, keys, name)),
  );
  keys.add();
  const { publicKey } = keys;
  for (const { box, secret } of opened) {
    const view = await seal(client, box, { secret, publicKey });
    if (options.json === true) await context.out.json(view);
    else await context.out.line(`Sealed ${view.name} anew, version ${view.version}.`);
  }
  const newest = keyIdOf(publicKey);
  const late = (await listed(client)).find(({ keyId }) => keyId !== newest);
  if (late === undefined) keys.prune();
  else await context.err.line(`${late.name} was set meanwhile: run it again to forget old keys.`);
}

async function open(
  client: ApiClient,
  keys: KeyFile,
  name: string,
): Promise<{ readonly box: SealedBoxView; readonly secret: string }> {
  const box = await client.get<SealedBoxView>(pathOf(name));
  const { installation, sealed } = box;
  if (sealed === null) throw new CliError('not-unsealed', `${name} was removed meanwhile.`);
  const { version, keyId } = sealed;
  const wrappedKey = Buffer.from(sealed.wrappedKey, 'base64');
  const ciphertext = Buffer.from(sealed.ciphertext, 'base64');
  const purpose = { installation, name, version };
  try {
    return { box, secret: await openSecret({ keyId, wrappedKey, ciphertext }, keys, purpose) };
  } catch (error) {
    throw new CliError('not-unsealed', `${error instanceof Error ? error.message : ''}.`);
  }
}

async function seal(
  client: ApiClient,
  { installation, name, nextVersion: version }: SealedBoxView,
  { secret, publicKey }: { readonly secret: string; readonly publicKey: string },
): Promise<SealedCredentialView> {
  const box = sealSecret(secret, publicKey, { installation, name, version });
  const view = await client.post<SealedCredentialView>(pathOf(name), {
    version,
    keyId: box.keyId,
    wrappedKey: Buffer.from(box.wrappedKey).toString('base64'),
    ciphertext: Buffer.from(box.ciphertext).toString('base64'),
  });
  if (view === undefined) throw new CliError('strange-answer');
  return view;
}

/** From the input alone: what stands on a command line others can read. */
async function readSecret({ input }: Context): Promise<string> {
  const how = 'It reads the secret from its input: `steno credential set NAME < FILE`.';
  if (input.isTTY === true) throw new CliError('usage', how);
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of input) {
    size += part.length;
    if (size > SECRET_BYTES_MAX) {
      throw new CliError('usage', `A secret has at most ${SECRET_BYTES_MAX} bytes.`);
    }
    parts.push(part);
  }
  const secret = Buffer.concat(parts)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (secret === '') throw new CliError('usage', how);
  return secret;
}

async function listed(client: ApiClient): Promise<readonly SealedCredentialView[]> {
  return (await client.get<Page<SealedCredentialView>>('/api/credentials')).items;
}

function pathOf(name: string): string {
  return `/api/credentials/${encodeURIComponent(name)}`;
}

const COLUMNS = [
  { title: 'NAME', of: ({ name }: SealedCredentialView) => name },
  {
    title: 'VERSION',
    of: ({ version }: SealedCredentialView) => String(version),
    right: true as const,
  },
  { title: 'KEY', of: ({ keyId }: SealedCredentialView) => keyId },
  { title: 'SEALED', of: ({ sealedAt }: SealedCredentialView) => sealedAt },
  { title: 'BY', of: ({ actor }: SealedCredentialView) => actor },
];
