import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { CHART } from './deploy-chart.mjs';
import { chartValues } from './deploy-chart-values.mjs';
import { configReference } from './deploy-config-reference.mjs';
import { dashboards } from './deploy-dashboards.mjs';
import { aclsScript, topicsScript } from './deploy-kafka.mjs';
import { root } from './steps.mjs';

const ACCESS = 'deploy/kafka/access.json';
const SCHEMA = 'docs/steno.schema.json';

/** The files of deploy/ that are made from others, as they should be. */
export async function generatedFiles() {
  const access = /** @type {import('./deploy-kafka.mjs').Access} */ (json(ACCESS));
  const schema = /** @type {import('./deploy-config-reference.mjs').Schema} */ (json(SCHEMA));
  const valuesSchema = /** @type {import('./deploy-chart-values.mjs').Schema} */ (
    json(`${CHART}/values.schema.json`)
  );
  const values = chartValues(valuesSchema, read(`${CHART}/values.yaml`));
  const documents = [
    { path: 'deploy/config-reference.md', text: configReference(schema) },
    { path: `${CHART}/README.md`, text: put(read(`${CHART}/README.md`), values) },
    ...dashboards().map(([name, text]) => ({ path: `deploy/grafana/${name}`, text })),
  ];
  const style = /** @type {import('prettier').Options} */ (json('.prettierrc'));
  return [
    { path: 'deploy/kafka/topics.sh', text: topicsScript(access) },
    { path: 'deploy/kafka/acls.sh', text: aclsScript(access) },
    ...(await Promise.all(
      documents.map(async ({ path, text }) => {
        return { path, text: await format(text, { ...style, filepath: path }) };
      }),
    )),
  ];
}

/** @param {string} path */
function read(path) {
  return readFileSync(join(root, path), 'utf8');
}

/**
 * @param {string} path
 * @returns {unknown}
 */
function json(path) {
  return JSON.parse(read(path));
}

/**
 * Replaces what stands below the last heading.
 *
 * @param {string} document
 * @param {string} table
 */
function put(document, table) {
  const heading = '## Values\n';
  const end = document.indexOf(heading) + heading.length;
  return `${document.slice(0, end)}\n${table}`;
}
