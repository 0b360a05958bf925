import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHART, chartHash, RENDERED } from './deploy-chart.mjs';
import { root } from './steps.mjs';

// npm run generate:chart: renders the chart for the tests. Takes Helm 3, which npm does not have.
const LEFT_OUT = ['prometheusRule', 'dashboards'].flatMap((name) => [
  '--set',
  `monitoring.${name}.enabled=false`,
]);

for (const name of RENDERED) {
  const values = `${CHART}/ci/${name}-values.yaml`;
  const options = ['--namespace', 'steno', '--kube-version', 'v1.31.0', '--values', values];
  const text = execFileSync('helm', ['template', 'steno', CHART, ...options, ...LEFT_OUT], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const head = `# Made by \`npm run generate:chart\` from the chart with sha256 ${chartHash()}.\n`;
  writeFileSync(join(root, 'deploy/helm/fixtures', `${name}.yaml`), head + text);
}
