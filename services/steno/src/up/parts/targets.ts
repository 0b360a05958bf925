import { readFileSync } from 'node:fs';
import type { Target } from '@steno/capture';
import type { Config, TargetConfig } from '../../config/config.js';
import { resolveSecret } from '../../config/secret.js';
import type { DemoTargetStart } from '../messages.js';

/** The targets that are configured, and that of the demo. */
export function targetsOf(config: Config, demo: DemoTargetStart | undefined): Target[] {
  const targets = config.targets.map((target) => {
    const { password } = target.credential;
    return makeTarget(target, password ?? 'none', () =>
      password === undefined ? '' : resolveSecret(password, config.baseDirectory),
    );
  });
  if (demo !== undefined) targets.push(makeTarget(demo.target, 'demo', () => demo.password));
  return targets;
}

function makeTarget(target: TargetConfig, reference: string, password: () => string): Target {
  const { address, credential, capture, tls } = target;
  const { username } = credential;
  return {
    name: target.name,
    protocol: target.protocol,
    host: address.host,
    port: address.port,
    database: target.database,
    environment: target.environment,
    owner: target.owner,
    credential: { username, reference, password: async () => Promise.resolve(password()) },
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
