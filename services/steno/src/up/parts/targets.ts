import { readFileSync } from 'node:fs';
import type { Credential, Target } from '@steno/capture';
import type { TargetConfig } from '../../config/config.js';
import { CredentialSources } from '../../credentials/credential-sources.js';
import type { CredentialSourcesOptions } from '../../credentials/credential-sources.js';
import type { DemoTargetStart } from '../messages.js';

/** The targets of a configuration, with the means to come by their credentials. */
export class ConfiguredTargets {
  private readonly sources: CredentialSources;

  constructor(
    options: CredentialSourcesOptions,
    private readonly demo?: DemoTargetStart,
  ) {
    this.sources = new CredentialSources(options);
  }

  /** Those, and that of the demo. */
  of(targets: readonly TargetConfig[]): Target[] {
    const configured = targets.map((target): Target => {
      const { credential, credentials } = target;
      return {
        ...makeTarget(target),
        credential: credential && this.sources.of(credential),
        groupCredentials: credentials.map((one) => {
          return { group: one.group, credential: this.sources.of(one.credential) };
        }),
      };
    });
    const { demo } = this;
    if (demo === undefined) return configured;
    return [...configured, { ...makeTarget(demo.target), credential: demoCredential(demo) }];
  }

  /** Gives back what sessions have not. */
  close(): Promise<void> {
    return this.sources.close();
  }
}

function demoCredential({ target, password }: DemoTargetStart): Credential {
  const username = target.credential?.username ?? '';
  const lease = { username, password, hold: undefined };
  return { username, reference: 'demo', lease: () => Promise.resolve(lease) };
}

function makeTarget(target: TargetConfig): Target {
  const { address, capture, tls } = target;
  return {
    name: target.name,
    protocol: target.protocol,
    host: address.host,
    port: address.port,
    database: target.database,
    environment: target.environment,
    owner: target.owner,
    credential: undefined,
    groupCredentials: [],
    tls:
      tls.mode === 'disable'
        ? { mode: 'disable' }
        : {
            mode: 'verify-full',
            ca: tls.ca === undefined ? undefined : readFileSync(tls.ca, 'utf8'),
          },
    durability: target.durability,
    capture:
      capture.output === 'head'
        ? { mode: 'head', bytes: capture.headBytes }
        : { mode: capture.output },
  };
}
