import type { Credential, Lease, SealedBook } from '@steno/capture';
import type { Config, CredentialConfig } from '../config/config.js';
import { parseReference } from '../config/credential-reference.js';
import type { CredentialReference } from '../config/credential-reference.js';
import { resolveSecret } from '../config/secret.js';
import { KeyFile } from './key-file.js';
import { openSecret } from './sealed-box.js';
import type { KeyStore } from './sealed-box.js';
import { VaultClient, asRecord } from './vault-client.js';
import { VaultLeases } from './vault-leases.js';

export interface CredentialSourcesOptions {
  readonly config: Pick<Config, 'baseDirectory' | 'vault' | 'credentialKeys'>;
  /** Of which sealed secrets are. */
  readonly installation: string;
  readonly warn: (message: string, details: Readonly<Record<string, unknown>>) => void;
}

/** Comes by the secrets that the configuration refers to, anew for each session. */
export class CredentialSources {
  private readonly keys: KeyStore;
  private readonly vault:
    { readonly client: VaultClient; readonly leases: VaultLeases } | undefined;

  constructor(private readonly options: CredentialSourcesOptions) {
    const { baseDirectory, vault, credentialKeys } = options.config;
    this.keys = new KeyFile(credentialKeys);
    if (vault === undefined) return;
    const client = new VaultClient(vault, baseDirectory);
    this.vault = { client, leases: new VaultLeases(client, vault.database, options.warn) };
  }

  of({ username, password }: CredentialConfig): Credential {
    const reference = parseReference(password ?? '');
    if (reference?.scheme === 'vault-database') {
      const { role } = reference;
      const lease = () => this.withVault().leases.lease(role);
      return { username: undefined, reference: password ?? '', lease };
    }
    const name = username ?? '';
    const lease = async (sealed: SealedBook): Promise<Lease> => {
      const secret = password === undefined ? '' : await this.read(password, reference, sealed);
      return { username: name, password: secret, hold: undefined };
    };
    return { username: name, reference: password ?? 'none', lease };
  }

  /** Gives back what is leased; what goes on then goes on without. */
  async close(): Promise<void> {
    await this.vault?.leases.close();
    this.vault?.client.close();
  }

  private async read(
    text: string,
    reference: CredentialReference | undefined,
    sealed: SealedBook,
  ): Promise<string> {
    switch (reference?.scheme) {
      case 'vault-kv':
        return this.fromVault(reference);
      case 'sealed':
        return this.unsealed(reference.name, sealed);
      default:
        return resolveSecret(text, this.options.config.baseDirectory);
    }
  }

  /** The newest version of a secret of KV v2. */
  private async fromVault({
    path,
    field,
  }: Extract<CredentialReference, { scheme: 'vault-kv' }>): Promise<string> {
    const mount = this.options.config.vault?.kv ?? '';
    const at = `${mount}/data/${path}`;
    const answer = await this.withVault().client.ask({ method: 'GET', path: at });
    const secret = asRecord(asRecord(answer.data)['data'])[field];
    if (typeof secret === 'string' && secret !== '') return secret;
    throw new Error(`Vault has no text in the field ${field} of ${at}`);
  }

  private unsealed(name: string, sealed: SealedBook): Promise<string> {
    const box = sealed.get(name);
    if (box === undefined) {
      throw new Error(`there is no sealed credential ${name}: see \`steno credential list\``);
    }
    const { installation } = this.options;
    return openSecret(box, this.keys, { installation, name, version: box.version });
  }

  private withVault() {
    if (this.vault === undefined) throw new Error('there are no settings of `vault`');
    return this.vault;
  }
}
