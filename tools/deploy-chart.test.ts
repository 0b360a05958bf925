import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { CHART, chartHash, RENDERED } from './deploy-chart.mjs';
import { root } from './source-tree.js';

// Helm is not among what npm installs, so what it made of the chart is read instead.

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec: {
    readonly template?: { readonly spec: PodSpec };
    readonly policyTypes?: readonly string[];
  };
}

interface PodSpec {
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: object;
  readonly terminationGracePeriodSeconds: number;
  readonly initContainers: readonly Container[];
  readonly containers: readonly Container[];
}

interface Container {
  readonly name: string;
  readonly image: string;
  readonly securityContext: object;
  readonly resources: object;
  readonly env?: readonly { readonly name: string }[];
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: string[] } } };
  readonly livenessProbe?: object;
  readonly readinessProbe?: object;
}

const files = RENDERED.map((name) => {
  const text = readFileSync(join(root, `deploy/helm/fixtures/${name}.yaml`), 'utf8');
  const manifests = parseAllDocuments(text, { version: '1.1' })
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
  return { name, text, manifests };
});

const isPod = ({ kind }: Manifest) => /^(?:StatefulSet|Deployment|Job)$/.test(kind);

function podsOf(manifests: readonly Manifest[]): { name: string; pod: PodSpec }[] {
  return manifests.filter(isPod).flatMap(({ metadata: { name }, spec }) => {
    return spec.template === undefined ? [] : [{ name, pod: spec.template.spec }];
  });
}

const pods = files.flatMap(({ manifests }) => podsOf(manifests));

describe('the chart', () => {
  it('was rendered as it is now (npm run generate:chart)', () => {
    for (const { text, name } of files) expect(text.split('\n')[0], name).toContain(chartHash());
  });

  it('runs captures, projector, api and what ships a spool', () => {
    const [production] = files;
    expect(
      podsOf(production?.manifests ?? [])
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['steno-api', 'steno-capture', 'steno-capture-3-ship-r1', 'steno-projector']);
  });

  it('keeps to the restricted profile', () => {
    for (const { name, pod } of pods) {
      expect(pod, name).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 10001,
          seccompProfile: { type: 'RuntimeDefault' },
        },
      });
      for (const container of [...pod.initContainers, ...pod.containers]) {
        expect(container, `${name}: ${container.name}`).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
          resources: { requests: expect.any(Object), limits: expect.any(Object) },
        });
        expect(container.image).toMatch(/steno:\d+\.\d+\.\d+$/);
      }
    }
  });

  it('inlines no secret', () => {
    const names = pods.flatMap(({ pod }) =>
      [...pod.initContainers, ...pod.containers].flatMap(({ env = [] }) => env),
    );
    expect(new Set(names.map(({ name }) => name))).toEqual(new Set(['INSTANCE', 'KEYS']));
    expect(files.flatMap(({ manifests }) => manifests.map(({ kind }) => kind))).not.toContain(
      'Secret',
    );
  });

  it('gives captures longer to stop than sessions have to end', () => {
    const captures = pods.filter(({ name }) => name === 'steno-capture');
    expect(captures).toHaveLength(RENDERED.length);
    for (const { pod } of captures) {
      const config = files[0]?.manifests.find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
      const { sessions } = parse(config['capture.yaml'] ?? '') as { sessions: { drain: string } };
      const wait = Number(pod.containers[0]?.lifecycle?.preStop.exec.command[1]);
      const drain = Number.parseInt(sessions.drain, 10);
      expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(wait + drain);
    }
  });

  it('has a network policy for all that runs', () => {
    const policies = files[0]?.manifests.filter(({ kind }) => kind === 'NetworkPolicy') ?? [];
    expect(policies.map(({ metadata }) => metadata.name).sort()).toEqual([
      'steno-api',
      'steno-capture',
      'steno-projector',
      'steno-spool-ship',
    ]);
    for (const { spec } of policies) expect(spec.policyTypes).toEqual(['Ingress', 'Egress']);
  });

  it('describes every value', () => {
    const values = parse(readFileSync(join(root, CHART, 'values.yaml'), 'utf8')) as object;
    const schema = readFileSync(join(root, CHART, 'values.schema.json'), 'utf8');
    expect(undescribed(values, JSON.parse(schema) as Schema, '')).toEqual([]);
    expect(undescribed({ a: { b: 1 } }, { properties: { a: { properties: {} } } }, '')).toEqual([
      'a.b',
    ]);
  });
});

interface Schema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
}

function undescribed(values: object, schema: Schema, prefix: string): string[] {
  return Object.entries(values).flatMap(([name, value]: [string, unknown]) => {
    const property = schema.properties?.[name];
    if (property?.properties !== undefined && value !== null && typeof value === 'object') {
      return undescribed(value, property, `${prefix}${name}.`);
    }
    return property?.description === undefined ? [`${prefix}${name}`] : [];
  });
}
