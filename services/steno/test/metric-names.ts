import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const METRIC = /\bsteno_[a-z_]+/g;

export interface DocumentedMetric {
  readonly by: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** The tables of docs/metrics.md, one under the heading of each process. */
export function metricsInDocs(): ReadonlyMap<string, DocumentedMetric> {
  const text = readFileSync(join(root, 'docs/metrics.md'), 'utf8');
  const found: [string, DocumentedMetric][] = [];
  let by = '';
  for (const line of text.split('\n')) {
    by = /^## steno (\w+)$/.exec(line)?.[1] ?? by;
    const [, name, type, labels] = /^\| `(steno_\w+)` +\| (\w+) +\| ([^|]*)\|/.exec(line) ?? [];
    if (name === undefined || type === undefined) continue;
    const names = [...(labels ?? '').matchAll(/`(\w+)`/g)].map(([, label]) => label ?? '');
    found.push([name, { by, type, labels: names.sort() }]);
  }
  return new Map(found);
}

/** What alerts and dashboards ask for. */
export function metricsInDeploy(): readonly string[] {
  const grafana = readdirSync(join(root, 'deploy/grafana')).map((name) => {
    return readFileSync(join(root, 'deploy/grafana', name), 'utf8');
  });
  const boards = grafana.flatMap((text) => expressionsIn(JSON.parse(text)));
  const alerts = expressionsIn(
    parse(readFileSync(join(root, 'deploy/prometheus/alerts.yaml'), 'utf8')),
  );
  const names = [...boards, ...alerts].flatMap((expression) => expression.match(METRIC) ?? []);
  return [...new Set(names.map((name) => name.replace(/_(?:bucket|sum|count)$/, '')))].sort();
}

/** The values of all keys `expr`. */
function expressionsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) =>
    key === 'expr' && typeof part === 'string' ? [part] : expressionsIn(part),
  );
}
