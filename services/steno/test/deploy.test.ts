import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createLocalJWKSet, jwtVerify } from 'jose';
import type { JSONWebKeySet } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { formatProblem, readConfig } from '../src/index.js';
import type { Config } from '../src/index.js';

// What deploy/ gives to Steno is what Steno takes.

const deploy = fileURLToPath(new URL('../../../deploy/', import.meta.url));
const demoIssuer = join(deploy, 'compose/demo-issuer.mjs');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'steno-deploy-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function readWhole(path: string): Config {
  const config = readConfig(path);
  if (Array.isArray(config)) throw new Error(config.map(formatProblem).join('\n'));
  return config;
}

interface Manifest {
  readonly kind: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** The files that the chart makes for components, by their names, as it was rendered. */
function renderedConfigs(file: string): [string, string][] {
  const text = readFileSync(join(deploy, 'helm/fixtures', file), 'utf8');
  return parseAllDocuments(text)
    .map((document) => document.toJS() as Manifest | null)
    .flatMap((manifest) => (manifest?.kind === 'ConfigMap' ? [manifest.data ?? {}] : []))
    .flatMap((data) => Object.entries(data));
}

describe('compose', () => {
  it('has a steno.yaml that is understood', () => {
    const config = readWhole(join(deploy, 'compose/steno.yaml'));
    expect(config.kafka?.brokers).toEqual(['kafka:9092']);
    expect(config.gateways.postgres).toMatchObject({ proxyProtocol: true, insecure: true });
    expect(config.issuers).toHaveLength(1);
  });

  it('has an issuer whose tokens are believed', async () => {
    const run = async (...args: string[]) =>
      (await promisify(execFile)(process.execPath, [demoIssuer, ...args])).stdout.trim();
    await run('create', folder, folder);
    const jwks = join(folder, 'jwks.json');
    const made = readFileSync(jwks, 'utf8');
    expect(statSync(join(folder, 'issuer.pem')).mode & 0o777).toBe(0o600);
    expect(made).not.toContain('"d"');

    const token = await run('token', folder, 'ci/deploy');
    const [issuer] = readWhole(join(deploy, 'compose/steno.yaml')).issuers;
    const verified = await jwtVerify(token, createLocalJWKSet(JSON.parse(made) as JSONWebKeySet), {
      issuer: issuer?.issuer ?? '',
      audience: [...(issuer?.audience ?? [])],
      algorithms: [...(issuer?.algorithms ?? [])],
    });
    expect(verified.payload.sub).toBe('ci/deploy');

    await run('create', folder, folder);
    expect(readFileSync(jwks, 'utf8')).toBe(made);
    await expect(run('token')).rejects.toMatchObject({ code: 64 });
  });
});

describe('the chart', () => {
  it.each(readdirSync(join(deploy, 'helm/fixtures')))('makes files understood: %s', (file) => {
    const configs = renderedConfigs(file);
    expect(configs.map(([name]) => name)).toEqual(['capture.yaml', 'projector.yaml', 'api.yaml']);
    for (const [name, text] of configs) {
      const path = join(folder, name);
      writeFileSync(path, text);
      const config = readWhole(path);
      expect(config.rootKeys, name).toBe('/run/steno/keys.json');
      expect(config.store, name).toBeDefined();
      expect(config.kafka, name).toBeDefined();
    }
  });

  it('lets captures be reached, each by its name', () => {
    const [, text = ''] = renderedConfigs('production.yaml')[0] ?? [];
    const path = join(folder, 'capture.yaml');
    writeFileSync(path, text.replaceAll('__INSTANCE__', 'steno-capture-0'));
    const { peer, listen } = readWhole(path).gateways.postgres;
    expect(peer).toEqual({ host: 'steno-capture-0.steno-capture-peers.steno.svc', port: 15432 });
    expect(listen).toEqual({ host: '0.0.0.0', port: 15432 });
  });
});
