import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './steps.mjs';

export const CHART = 'deploy/helm/steno';

/** Values with which the chart is rendered into deploy/helm/fixtures, where tests read it. */
export const RENDERED = ['production', 'small'];

/** Not in the rendered files: what Helm checks, shows, or packs as it is. */
const NOT_RENDERED = /\.md$|values\.schema\.json$|NOTES\.txt$|\/files\//;

/** A hash over all that Helm renders from, which the rendered files name. */
export function chartHash() {
  const hash = createHash('sha256');
  const entries = readdirSync(join(root, CHART), { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !NOT_RENDERED.test(path));
  for (const path of paths.sort()) {
    const text = readFileSync(path, 'utf8');
    hash.update(JSON.stringify([path.slice(root.length), text]));
  }
  return hash.digest('hex');
}
