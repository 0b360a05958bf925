import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments, parseDocument } from 'yaml';
import { configReference } from './deploy-config-reference.mjs';
import { generatedFiles } from './deploy-files.mjs';
import { listPaths, root } from './source-tree.js';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** What a YAML file holds, merge keys worked in as Compose does. */
function yaml<T>(path: string): T {
  return parseDocument(read(path), { merge: true }).toJS() as T;
}

const deployed = listPaths().filter((path) => path.startsWith('deploy/'));

describe('files of deploy/', () => {
  it('are as they are generated (npm run generate:deploy)', async () => {
    const files = await generatedFiles();
    expect(files.map(({ path }) => path)).toContain('deploy/config-reference.md');
    for (const { path, text } of files) expect(read(path), path).toBe(text);
  });

  it('are YAML and JSON where they are called so', () => {
    const templates = /^deploy\/helm\/steno\/templates\//;
    const files = deployed.filter((path) => /\.(?:yaml|yml)$/.test(path) && !templates.test(path));
    expect(files.length).toBeGreaterThan(8);
    const errors = files.flatMap((path) =>
      parseAllDocuments(read(path), { merge: true }).flatMap((document) =>
        [...document.errors, ...document.warnings].map(({ message }) => `${path}: ${message}`),
      ),
    );
    expect(errors).toEqual([]);
    for (const path of deployed.filter((path) => path.endsWith('.json'))) JSON.parse(read(path));
  });

  it('are scripts that their shells can read', () => {
    const scripts = deployed.filter((path) => path.endsWith('.sh'));
    expect(scripts).toContain('deploy/kafka/acls.sh');
    for (const path of scripts) execFileSync('bash', ['-n', join(root, path)]);
  });
});

describe('the reference of the configuration', () => {
  it('says of every key its type, default and meaning', () => {
    const text = configReference({
      $defs: { size: { type: ['string', 'integer'], description: 'a size' } },
      properties: {
        limits: {
          properties: { spool: { $ref: '#/$defs/size', default: '1KiB', $comment: 'Kept.' } },
          required: ['spool'],
        },
        targets: {
          items: { properties: { mode: { enum: ['a', 'b'], description: 'a, b' } } },
          type: 'array',
        },
      },
    });
    expect(text).toContain('| **`limits.spool`** | size | `1KiB` | Kept: a size |');
    expect(text).toContain('| `targets[].mode` | word |  | a, b |');
  });
});

describe('scripts for Kafka', () => {
  let folder = '';
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'steno-kafka-'));
    // In the place of Kafka's own: each says how it was called.
    for (const name of ['kafka-topics.sh', 'kafka-configs.sh', 'kafka-acls.sh']) {
      writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*"\n`);
      chmodSync(join(folder, name), 0o755);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const run = (script: string, environment: Record<string, string> = {}): string[] =>
    execFileSync('bash', [join(root, 'deploy/kafka', script)], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], BOOTSTRAP: 'k:1', BIN: folder, ...environment },
    })
      .trimEnd()
      .split('\n');

  it('make topics that lose nothing', () => {
    const lines = run('topics.sh', { PREFIX: 'p', DATA_PARTITIONS: '12' });
    expect(lines).toHaveLength(8);
    expect(lines[0]).toBe(
      'kafka-topics.sh --bootstrap-server k:1 --create --if-not-exists --topic p.data ' +
        '--partitions 12 --replication-factor 3',
    );
    const settingsOf = (topic: string) =>
      lines.find((line) => line.startsWith('kafka-configs.sh') && line.includes(` p.${topic} `));
    for (const topic of ['data', 'control', 'activity']) {
      expect(settingsOf(topic)).toContain('retention.ms=-1,min.insync.replicas=2,');
      expect(settingsOf(topic)).toContain('cleanup.policy=delete');
      expect(settingsOf(topic)).toContain('unclean.leader.election.enable=false');
    }
    expect(settingsOf('heartbeat')).toContain(`retention.ms=${30 * 24 * 60 * 60 * 1000},`);
  });

  it('let each component write and read what is its own', () => {
    const grants = run('acls.sh', { COMMAND_CONFIG: '/c', API: 'User:CN=api' })
      .filter((line) => !line.includes('--group'))
      .map((line) => {
        expect(line).toContain('--bootstrap-server k:1 --command-config /c --add');
        const [, principal, operation] = /principal (\S+) --operation (\w+)/.exec(line) ?? [];
        const topics = [...line.matchAll(/--topic steno\.(\w+)/g)].map(([, topic]) => topic);
        return `${principal} ${operation} ${topics.join(' ')}`;
      });
    expect(grants).toEqual([
      'User:steno-capture Write data control activity heartbeat',
      'User:steno-capture Read data control',
      'User:steno-projector Write control heartbeat',
      'User:steno-projector Read data control activity heartbeat',
      'User:CN=api Write data control activity heartbeat',
      'User:CN=api Read data control heartbeat',
    ]);
  });

  it('let them have consumer groups of their prefix, and of no longer word', () => {
    const groups = run('acls.sh', { PREFIX: 'p' }).filter((line) => line.includes('--group'));
    expect(groups).toHaveLength(3);
    for (const line of groups)
      expect(line).toMatch(/--group p\. --resource-pattern-type prefixed$/);
  });

  it('ask for a broker', () => {
    expect(() => run('acls.sh', { BOOTSTRAP: '' })).toThrow('BOOTSTRAP');
  });
});

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly restart: string;
  readonly read_only: boolean;
  readonly cap_drop: readonly string[];
  readonly security_opt: readonly string[];
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly (string | { readonly source: string })[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
}

describe('compose.yaml', () => {
  const folder = 'deploy/compose';
  const compose = yaml<Compose>(`${folder}/compose.yaml`);
  const services = Object.entries(compose.services);
  const from = (path: string): string => posix.normalize(posix.join(folder, path));

  it('pins every image', () => {
    const loose = services.filter(([, { image }]) => !/:v?\d+\.\d+\.\d+|:\d+\.\d+-/.test(image));
    expect(loose.map(([name]) => name)).toEqual([]);
  });

  it('lets containers do little', () => {
    for (const [name, service] of services) {
      expect(service.cap_drop, name).toEqual(['ALL']);
      expect(service.security_opt, name).toEqual(['no-new-privileges:true']);
      // Kafka's start script writes its configuration into the image.
      expect(service.read_only, name).toBe(name !== 'kafka');
    }
  });

  it('publishes loopback alone', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(2);
    expect(ports.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
  });

  it('names only what is there', () => {
    const dangling = services.flatMap(([name, service]) => {
      const secrets = (service.secrets ?? []).map((one) =>
        typeof one === 'string' ? one : one.source,
      );
      const sources = (service.volumes ?? []).map((volume) => volume.split(':')[0] ?? '');
      return [
        ...secrets.filter((secret) => !(secret in compose.secrets)),
        ...sources.filter((source) =>
          source.startsWith('.')
            ? !existsSync(join(root, from(source)))
            : !(source in compose.volumes),
        ),
        ...Object.keys(service.depends_on ?? {}).filter((other) => !(other in compose.services)),
      ].map((what) => `${name}: ${what}`);
    });
    expect(dangling).toEqual([]);
    const build = compose.services['keys']?.build;
    expect(existsSync(join(root, from(`${build?.context}/${build?.dockerfile}`)))).toBe(true);
  });

  it('waits for health where there is something to ask', () => {
    for (const [name, { depends_on = {} }] of services) {
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const isOnce = compose.services[other]?.restart !== 'unless-stopped';
        const wanted = isOnce ? 'service_completed_successfully' : 'service_healthy';
        expect(condition, `${name} on ${other}`).toBe(wanted);
      }
    }
  });

  it('holds no secret', () => {
    const inlined = services.flatMap(([name, { environment = {} }]) =>
      Object.keys(environment)
        .filter((key) => /PASSWORD|SECRET|TOKEN|_KEY$/.test(key) && !key.endsWith('_FILE'))
        .map((key) => `${name}: ${key}`),
    );
    expect(inlined).toEqual([]);
  });
});

interface Rules {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<string, string>>;
}

interface AlertTests {
  readonly tests: readonly {
    readonly promql_expr_test: readonly { exp_samples: readonly { labels: string }[] }[];
  }[];
}

describe('alerts', () => {
  const alerts = yaml<Rules>('deploy/prometheus/alerts.yaml').groups.flatMap(({ rules }) => rules);
  const names = alerts.map(({ alert }) => alert);

  it('say how bad it is and what to do', () => {
    expect(new Set(names).size).toBe(names.length);
    for (const { alert, expr, labels, annotations } of alerts) {
      expect(expr, alert).not.toBe('');
      expect(['warning', 'critical'], alert).toContain(labels.severity);
      expect(Object.keys(annotations), alert).toEqual(['summary', 'runbook']);
    }
  });

  it('each have a case in which they fire', () => {
    const { tests } = yaml<AlertTests>('deploy/prometheus/alerts.test.yaml');
    const samples = tests.flatMap((test) =>
      test.promql_expr_test.flatMap(({ exp_samples }) => exp_samples),
    );
    const fired = samples.map(({ labels }) => /alertname="(\w+)"/.exec(labels)?.[1]);
    expect(fired.sort()).toEqual(names.sort());
  });
});
