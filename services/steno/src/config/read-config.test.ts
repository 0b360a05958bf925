import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Config } from './config.js';
import { formatProblem } from './problem.js';
import { parseConfig, readConfig } from './read-config.js';

const minimalTarget = `targets:
  - name: orders
    protocol: postgres
    address: db.example:5432
    database: shop
    credential: { username: app, password: env:ORDERS_PASSWORD }
`;

function good(text: string): Config {
  const result = parseConfig(text, '/etc/steno/steno.yaml');
  if (Array.isArray(result)) throw new Error(result.map(formatProblem).join('\n'));
  return result;
}

function bad(text: string): string[] {
  const result = parseConfig(text, 'steno.yaml');
  return Array.isArray(result) ? result.map(formatProblem) : [];
}

describe('a file that is in order', () => {
  it('is read as the documentation shows it', () => {
    const config = good(`
data: ./data
web: { listen: 127.0.0.1:0 }
gateways: { postgres: { listen: 127.0.0.1:0 } }
targets:
  - name: orders
    protocol: postgres
    address: 127.0.0.1:5432
    database: shop
    credential: { username: app, password: env:ORDERS_PASSWORD }
    durability: strict                  # strict or fast
    capture: { output: all }            # all | {head: 64KiB} | digest
`);
    expect(config).toMatchObject({
      file: '/etc/steno/steno.yaml',
      data: '/etc/steno/data',
      web: { listen: { host: '127.0.0.1', port: 0 } },
      targets: [
        {
          name: 'orders',
          address: { host: '127.0.0.1', port: 5432 },
          credential: { username: 'app', password: 'env:ORDERS_PASSWORD' },
          tls: { mode: 'disable', ca: undefined },
          durability: 'strict',
          capture: { output: 'all' },
        },
      ],
      issuers: [],
    });
  });

  it('gets defaults for what it does not say', () => {
    const config = good('');
    expect(config.limits).toEqual({
      authDeadlineMs: 10_000,
      preAuthPerSource: 128,
      sessions: 10_000,
      messageBytes: 1024 ** 3,
      commandBytes: 64 * 1024 ** 2,
      preparedStatements: 10_000,
      pipelinedCommands: 10_000,
      connectTimeoutMs: 10_000,
      waitingPerIdentity: 20,
      inputPerCommandBytes: 64 * 1024 ** 2,
      maskedMessageBytes: 16 * 1024 ** 2,
      outputPerResponseBytes: 64 * 1024 ** 2,
      outputPerSessionBytes: 1024 ** 3,
      fastWindowMs: 50,
      fastPendingBytes: 16 * 1024 ** 2,
      spoolBytes: 8 * 1024 ** 3,
      spoolAgeMs: 86_400_000,
    });
    expect(config.sessions).toEqual({
      idleTimeoutMs: 8 * 3_600_000,
      totalTimeoutMs: 24 * 3_600_000,
      drainMs: 30_000,
      endWithToken: false,
    });
    expect(config.retention).toEqual({ eventsDays: 0, contentDays: 90 });
    expect(config.gateways.postgres).toEqual({
      listen: { host: '127.0.0.1', port: 15_432 },
      tls: undefined,
      insecure: false,
      proxyProtocol: false,
      peer: undefined,
    });
    expect(config).toMatchObject({ kafka: undefined, store: undefined, rootKeys: undefined });
    expect(config.control).toEqual({ maxStalenessMs: 900_000 });
  });

  it('asks a target off loopback to prove itself', () => {
    expect(good(minimalTarget).targets[0]?.tls.mode).toBe('verify-full');
  });

  it('takes units, heads, issuers and paths', () => {
    const config = good(`${minimalTarget}    capture: { output: { head: 64KiB } }
    tls: { ca: certs/ca.pem }
gateways: { postgres: { listen: "[::]:6432", tls: { cert: a.pem, key: /k.pem } } }
issuers:
  - issuer: https://token.example
    audience: urn:steno
    identity: ci:\${repository}:\${ref}
    jwks: keys.json
  - { issuer: https://other.example, audience: [a, b], algorithms: [ES256], claims: [team] }
limits: { outputPerResponse: 1MiB, authDeadline: 1m30s, preAuthPerSource: 4 }
sessions: { idleTimeout: 0, endWithToken: true }
retention: { events: 365d }
`);
    expect(config.targets[0]).toMatchObject({
      capture: { output: 'head', headBytes: 65_536 },
      tls: { mode: 'verify-full', ca: '/etc/steno/certs/ca.pem' },
    });
    expect(config.gateways.postgres).toMatchObject({
      listen: { host: '::', port: 6432 },
      tls: { cert: '/etc/steno/a.pem', key: '/k.pem' },
    });
    expect(config.issuers).toMatchObject([
      {
        audience: ['urn:steno'],
        identity: 'ci:${repository}:${ref}',
        keys: { kind: 'file', path: '/etc/steno/keys.json' },
      },
      {
        audience: ['a', 'b'],
        algorithms: ['ES256'],
        keys: { kind: 'discovery' },
        claims: ['team'],
      },
    ]);
    expect(config.limits).toMatchObject({
      outputPerResponseBytes: 1024 ** 2,
      authDeadlineMs: 90_000,
      preAuthPerSource: 4,
    });
    expect(config.sessions).toMatchObject({ idleTimeoutMs: 0, endWithToken: true });
    expect(config.retention.eventsDays).toBe(365);
  });

  it('is frozen to the last value', () => {
    const config = good(minimalTarget);
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.targets[0]?.credential)).toBe(true);
    expect(Object.isFrozen(config.limits)).toBe(true);
  });
});

describe('a file that is refused', () => {
  it.each<[string, string]>([
    ['dta: ./x', 'steno.yaml:1:1: dta is unknown, did you mean data?; allowed: data, log,'],
    ['masking: []', 'steno.yaml:1:1: masking is unknown; allowed: data, log,'],
    ['web:\n  listn: x:1', 'steno.yaml:2:3: web.listn is unknown, did you mean listen?'],
    ['web: { listen: 8080 }', 'steno.yaml:1:16: web.listen must be a text; allowed: host:port'],
    ['web: { listen: "localhost" }', 'steno.yaml:1:16: web.listen is not what may stand here'],
    ['web: { listen: a:70000 }', 'web.listen is not host:port; allowed: ports 0 to 65535'],
    ['web: here', 'steno.yaml:1:6: web must be a mapping'],
    ['limits:\n  authDeadline: 1y', 'steno.yaml:2:17: limits.authDeadline is not what may stand'],
    ['limits: { authDeadline: 1ms }', 'limits.authDeadline is not allowed; allowed: a duration'],
    ['limits: { authDeadline: 0 }', 'limits.authDeadline is not allowed'],
    ['limits: { sessions: 1.5 }', 'limits.sessions must be a whole number'],
    ['retention: { content: 36h }', 'retention.content is not allowed'],
    ['sessions: { endWithToken: yes }', 'sessions.endWithToken must be true or false'],
    ['targets: { name: x }', 'steno.yaml:1:10: targets must be a list'],
    ['targets:\n  - name: x', 'steno.yaml:2:5: targets[0].protocol is missing'],
    ['a: 1\na: 2', 'steno.yaml:2:1: Map keys must be unique'],
    ['data: "x', 'steno.yaml:1:9: Missing closing'],
    ['data: !secret x', 'steno.yaml:1:7: Unresolved tag'],
    ['- data', 'steno.yaml:1:1: must be a mapping'],
    [`${minimalTarget}    durability: stric`, 'is "stric", did you mean strict?; allowed: strict,'],
    [`${minimalTarget}    capture: { output: some }`, 'allowed: all, digest, or {head: SIZE}'],
    [
      `${minimalTarget}    tls: { mode: disable, ca: x }`,
      'tls.ca is only used by mode verify-full',
    ],
    [minimalTarget + minimalTarget.slice(9), 'steno.yaml:7:11: targets[1].name is there twice'],
    [minimalTarget.replace(':5432', ':0'), 'targets[0].address needs a port'],
    ['issuers: [{ issuer: http://a.example, audience: b }]', 'issuers[0].issuer has no discovery'],
    [
      'issuers: [{ issuer: a, audience: b, jwks: http://a.example/k }]',
      'issuers[0].jwks is not protected',
    ],
    [
      'issuers: [{ issuer: https://a, audience: b, algorithms: [HS256] }]',
      'issuers[0].algorithms[0] is "HS256"',
    ],
    [
      'issuers: [{ issuer: https://a, audience: b, identity: "${" }]',
      'issuers[0].identity is not what may stand here; allowed: a text with claims in it',
    ],
    [
      'issuers: [{ issuer: https://a, audience: 7 }]',
      'issuers[0].audience is not what may stand here; allowed: the `aud`',
    ],
    ['gateways: { postgres: { listen: 127.0.0.1:8080 } }', 'is the address of web.listen'],
    [
      'web: { listen: 0.0.0.0:8080 }',
      'steno.yaml:1:16: web.listen is off loopback, where what was recorded would travel ' +
        'unprotected; allowed: with web.tls, or insecure: true',
    ],
    ['web: { tls: { cert: a } }', 'web.tls.key is missing'],
    ['web: { names: [a.example:80] }', 'web.names[0] is not what may stand here'],
    ['gateways: { postgres: { listen: 0.0.0.0:5432 } }', 'tokens would arrive unprotected'],
    [
      'gateways: { postgres: { listen: 0.0.0.0:5432, insecure: true } }',
      'where the development issuer is not allowed',
    ],
  ])('%j', (text, problem) => {
    expect(bad(text).join('\n')).toContain(problem);
  });

  it('is told of all its problems at once', () => {
    expect(bad('dta: 1\nweb: { listen: 1, x: 2 }')).toHaveLength(3);
  });

  it('does not repeat a password that stands where a reference belongs', () => {
    const text = minimalTarget.replace('env:ORDERS_PASSWORD', 'hunter2');
    const problems = bad(text).join('\n');
    expect(problems).toContain('password is not what may stand here; allowed: env:…, file:…');
    expect(problems).not.toContain('hunter2');
  });

  it('may show the console off loopback with TLS', () => {
    expect(bad('web: { listen: 0.0.0.0:8080, insecure: true }')).toEqual([]);
    const text = 'web: { listen: 0.0.0.0:8443, names: [Steno.example], tls: { cert: a, key: /b } }';
    const web = good(text).web;
    expect(web).toMatchObject({
      names: ['steno.example'],
      tls: { cert: '/etc/steno/a', key: '/b' },
      insecure: false,
    });
  });

  it('may be off loopback with issuers and TLS', () => {
    const issuers = 'issuers: [{ issuer: https://a.example, audience: b }]';
    const listen = 'listen: 0.0.0.0:5432';
    expect(bad(`${issuers}\ngateways: { postgres: { ${listen}, insecure: true } }`)).toEqual([]);
    const tls = 'tls: { cert: a, key: b }';
    expect(bad(`${issuers}\ngateways: { postgres: { ${listen}, ${tls} } }`)).toEqual([]);
  });

  it('takes a Kafka and a ClickHouse of others', () => {
    const config = good(`
log:
  kafka:
    brokers: [kafka-1.example:9093, "[::1]:9092"]
    tls: { ca: ca.pem }
    sasl: { mechanism: scram-sha-512, username: steno, password: env:KAFKA_PASSWORD }
store: { url: https://clickhouse.example:8443/, password: file:password, cluster: main }
control: { maxStaleness: 5m }
keys: { root: installation.json }
admin: { listen: 0.0.0.0:9464 }
`);
    expect(config.kafka).toEqual({
      brokers: ['kafka-1.example:9093', '[::1]:9092'],
      topicPrefix: 'steno',
      partitions: 3,
      replicationFactor: -1,
      tls: { ca: '/etc/steno/ca.pem', certificate: undefined },
      sasl: { mechanism: 'scram-sha-512', username: 'steno', password: 'env:KAFKA_PASSWORD' },
      insecure: false,
    });
    expect(config.store).toEqual({
      url: 'https://clickhouse.example:8443',
      username: 'default',
      password: 'file:password',
      database: 'steno',
      cluster: 'main',
      tls: { ca: undefined, certificate: undefined },
      insecure: false,
    });
    expect(config.rootKeys).toBe('/etc/steno/installation.json');
    expect(config.control.maxStalenessMs).toBe(300_000);
  });

  it('traces nothing unless it is asked to, and then a little', () => {
    expect(good('data: x').tracing).toBeUndefined();
    const config = good(`tracing:
  endpoint: https://collector.example/otlp/
  headers: { x-api-key: env:COLLECTOR_KEY }
`);
    expect(config.tracing).toEqual({
      endpoint: 'https://collector.example/otlp',
      sampleRatio: 0.01,
      headers: { 'x-api-key': 'env:COLLECTOR_KEY' },
      insecure: false,
    });
  });

  it.each([
    ['log: { kafka: { brokers: [kafka.example:9092] } }', 'log.kafka.brokers are off loopback'],
    ['store: { url: http://clickhouse.example:8123 }', 'store.url is off loopback'],
    ['log: { kafka: { brokers: [] } }', 'log.kafka.brokers'],
    [
      'log: { kafka: { brokers: [a:1], insecure: true, sasl: { mechanism: plain } } }',
      'log.kafka.sasl.username is missing',
    ],
    [
      'log: { kafka: { brokers: [a:1], insecure: true, sasl: { mechanism: oauthbearer } } }',
      'log.kafka.sasl.token is missing',
    ],
    ['log: { kafka: { brokers: [a:1], tls: { cert: a.pem } } }', 'log.kafka.tls.key is missing'],
    ['store: { url: "https://user:secret@clickhouse.example" }', 'store.url'],
    ['tracing: { endpoint: http://collector.example:4318 }', 'tracing.endpoint is off loopback'],
    ['tracing: { endpoint: "https://user:secret@collector.example" }', 'tracing.endpoint'],
    ['tracing: { endpoint: http://127.0.0.1:4318, sampleRatio: 1.5 }', 'a number from 0 to 1'],
    ['tracing: { endpoint: http://127.0.0.1:4318, sampleRatio: all }', 'must be a number'],
    ['tracing: { endpoint: http://127.0.0.1:4318, headers: { a: b } }', 'never the secret itself'],
    ['tracing: { endpoint: http://127.0.0.1:4318, headers: { "a b": env:B } }', 'tracing.headers'],
    ['tracing: { sampleRatio: 1 }', 'tracing.endpoint is missing'],
  ])('refuses %s', (text, problem) => {
    expect(bad(text).join('\n')).toContain(problem);
  });

  it('is bounded where aliases multiply', () => {
    const bomb = Array.from({ length: 9 }, (_, level) => {
      const inner =
        level === 0
          ? '[x]'
          : `[${Array(9)
              .fill(`*a${level - 1}`)
              .join(',')}]`;
      return `a${level}: &a${level} ${inner}`;
    });
    expect(bad(bomb.join('\n')).join('\n')).toContain('alias');
  });

  it('gives problems for any text whatever, never an exception', () => {
    const value = fc.oneof(fc.string(), fc.json(), fc.constantFrom(minimalTarget, 'limits: '));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 3 }), (parts) => {
        const result = parseConfig(parts.join('\n'), 'steno.yaml');
        expect(typeof result).toBe('object');
      }),
      { numRuns: 200 },
    );
  });
});

describe('readConfig', () => {
  let folder: string;

  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'steno-config-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has defaults without a file', () => {
    expect(readConfig(undefined)).toMatchObject({
      file: undefined,
      data: join(process.cwd(), 'data'),
      targets: [],
    });
  });

  it('reads a file', () => {
    const path = join(folder, 'steno.yaml');
    writeFileSync(path, 'data: here');
    expect(readConfig(path)).toMatchObject({ file: path, data: join(folder, 'here') });
  });

  it('reads policies with it', () => {
    const path = join(folder, 'steno.yaml');
    writeFileSync(path, 'policies: [a.cedar]');
    writeFileSync(join(folder, 'a.cedar'), 'permit (principal, action, resource);');
    expect(readConfig(path)).toMatchObject({
      policies: [{ name: 'a.cedar', text: 'permit (principal, action, resource);' }],
    });
    writeFileSync(join(folder, 'a.cedar'), ' '.repeat(48 * 1024 + 1));
    expect(readConfig(path)).toMatchObject([{ key: 'policies', allowed: '49152 bytes' }]);
    writeFileSync(path, 'policies: [none.cedar]');
    expect(readConfig(path)).toMatchObject([
      { key: 'policies[0]', message: 'cannot be read: ENOENT' },
    ]);
  });

  it('says that a file is not there', () => {
    expect(readConfig(join(folder, 'none.yaml'))).toMatchObject([
      { line: 1, message: 'cannot be read: there is no such file' },
    ]);
  });

  it('does not read without end', () => {
    const path = join(folder, 'long.yaml');
    writeFileSync(path, '#'.repeat(1024 * 1024 + 1));
    expect(readConfig(path)).toMatchObject([{ message: 'is longer than 1048576 bytes' }]);
  });
});
