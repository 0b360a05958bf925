import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from './source-tree.js';

// dependency-cruiser judges layers. Each rule is shown to fail on a small tree with one bad import.

const cruiser = join(root, 'node_modules/.bin/depcruise');
const config = '.dependency-cruiser.cjs';
const copied = [config, 'tsconfig.base.json', 'knip.json'];

type Files = Readonly<Record<string, string>>;

const index = (name: string) => ({
  [`${name}/package.json`]: JSON.stringify({
    name: `@steno/${name.slice(name.lastIndexOf('/') + 1)}`,
    type: 'module',
    exports: { '.': { development: './src/index.ts' } },
  }),
  [`${name}/src/index.ts`]: 'export const one = 1;\n',
});

const packages = [
  'proto',
  'services/wire-postgres',
  'services/wire-ssh',
  'services/policy',
  'services/masking',
  'services/sessions',
  'services/transcript',
  'services/event-log',
  'services/event-store',
  'services/capture',
  'services/projector',
  'services/embedded-kafka',
  'services/embedded-postgres',
  'services/steno',
  'web/player',
  'web/console',
  'tools',
];
const skeleton: Files = Object.assign({}, ...packages.map(index)) as Files;
const nest: Files = {
  'node_modules/@nestjs/core/package.json': '{"name":"@nestjs/core","main":"index.js"}',
  'node_modules/@nestjs/core/index.js': 'exports.one = 1;\n',
};

const rootManifest = '{"type":"module","workspaces":["proto","services/*","web/*","tools"]}';

const uses = (name: string) => `import { one } from '${name}';\nexport const two = one;\n`;

/** Rule, the folder that breaks it, what it imports there. */
const forbidden: readonly [rule: string, folder: string, imported: string][] = [
  ['layer-contract', 'proto/src', '@steno/sessions'],
  ['layer-wire', 'services/wire-ssh/src', '@steno/wire-postgres'],
  ['layer-wire', 'services/wire-ssh/src', '@steno/proto'],
  ['layer-domain', 'services/policy/src', '@steno/sessions'],
  ['layer-domain', 'services/transcript/src', '@steno/wire-postgres'],
  ['layer-port', 'services/event-store/src', '@steno/event-log'],
  ['layer-port', 'services/event-log/src', '@steno/policy'],
  ['layer-app', 'services/capture/src', '@steno/projector'],
  ['layer-app', 'services/capture/src', '@steno/embedded-postgres'],
  ['layer-port', 'services/event-log/src', '@steno/embedded-kafka'],
  ['layer-app-tests', 'services/capture/test', '@steno/projector'],
  ['layer-player', 'web/player/src', '@steno/console'],
  ['layer-console', 'web/console/src', '@steno/event-store'],
  ['layer-root', 'services/steno/src', '@steno/player'],
  ['layer-tools', 'tools', '@steno/sessions'],
  ['no-deep-import', 'services/capture/src', '../../../proto/src/index.js'],
  ['no-unresolvable', 'services/capture/src', '@steno/nothing'],
  ['no-test-in-source', 'services/capture/src', './index.test.js'],
  ['proto-is-pure', 'proto/src', 'node:crypto'],
  ['wire-is-pure', 'services/wire-ssh/src', 'node:net'],
  ['domain-is-pure', 'services/policy/src', 'node:fs'],
  ['domain-is-pure', 'services/transcript/src', 'node:buffer'],
  ['layer-masking', 'services/masking/src', '@steno/sessions'],
  ['masking-is-pure', 'services/masking/src', 'node:fs'],
  ['sessions-are-pure', 'services/sessions/src', 'node:timers'],
  ['web-is-browser', 'web/player/src', 'node:path'],
  ['no-server-below-apps', 'services/policy/src', '@nestjs/core'],
  ['no-server-below-apps', 'web/console/src', '@nestjs/core'],
  ['no-framework-in-ports', 'services/event-log/src', '@nestjs/core'],
];

const allowed: Files = {
  'services/wire-ssh/src/a.ts': uses('node:crypto'),
  'services/policy/src/a.ts': uses('@steno/proto'),
  'services/masking/src/a.ts': uses('node:crypto'),
  'services/sessions/src/a.ts': uses('node:crypto'),
  'services/event-log/src/a.ts': uses('@steno/sessions'),
  'services/event-log/src/b.ts': uses('node:fs'),
  'services/event-log/test/a.test.ts': uses('@steno/embedded-kafka'),
  'services/capture/src/a.ts': uses('@steno/wire-postgres'),
  'services/capture/src/b.ts': uses('@nestjs/core'),
  'services/capture/test/a.test.ts': uses('@steno/embedded-postgres'),
  'services/steno/src/a.ts': uses('@steno/capture'),
  'web/player/src/a.ts': uses('@steno/transcript'),
  'web/console/src/a.ts': uses('@steno/player'),
  'tools/a.ts': uses('@steno/proto'),
};

const cycle: Files = {
  'services/api/src/a.ts': "import type { B } from './b.js';\nexport type A = B | 1;\n",
  'services/api/src/b.ts': "import type { A } from './a.js';\nexport type B = A | 2;\n",
};

let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'steno-boundaries-'));
  for (const file of copied) cpSync(join(root, file), join(folder, file));
  write({ ...skeleton, ...nest, 'package.json': rootManifest });
  write({ 'services/capture/src/index.test.ts': 'export const one = 1;\n' });
  mkdirSync(join(folder, 'node_modules/@steno'), { recursive: true });
  for (const name of packages) {
    const link = join(folder, 'node_modules/@steno', name.slice(name.lastIndexOf('/') + 1));
    symlinkSync(join(folder, name), link, 'dir');
  }
  // dependency-cruiser takes its TypeScript from the folder it runs in.
  symlinkSync(
    join(root, 'node_modules/typescript'),
    join(folder, 'node_modules/typescript'),
    'dir',
  );
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** The names of the rules that are broken in a folder. */
function brokenRules(cwd: string, paths: readonly string[]): string[] {
  const args = ['--config', config, '--output-type=json', ...paths];
  const { stdout, stderr } = spawnSync(cruiser, args, {
    cwd,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (stdout === '') throw new Error(stderr);
  const { summary } = JSON.parse(stdout) as {
    summary: { violations: { from: string; to: string; rule: { name: string } }[] };
  };
  return summary.violations.map(({ from, to, rule }) => `${rule.name}: ${from} -> ${to}`);
}

const planted = forbidden.map(([rule, path, imported], number) => ({
  name: `${path} importing ${imported} breaks ${rule}`,
  rule,
  path: `${path}/bad-${number}${path.endsWith('/test') ? '.test' : ''}.ts`,
  source: uses(imported),
}));

describe('layers', () => {
  let broken: string[] = [];
  beforeAll(() => {
    write(Object.fromEntries(planted.map(({ path, source }) => [path, source])));
    write(cycle);
    write(allowed);
    broken = brokenRules(folder, ['proto', 'services', 'web', 'tools']);
  });

  it.each(planted)('$name', ({ rule, path }) => {
    const own = broken.filter((line) => line.includes(`: ${path} -> `));
    expect(own.map((line) => line.split(':')[0])).toContain(rule);
  });

  it('two files that import each other break no-cycle', () => {
    const [first = ''] = Object.keys(cycle);
    expect(broken.some((line) => line.startsWith(`no-cycle: ${first} -> `))).toBe(true);
  });

  it('allow what the table allows', () => {
    const bad = new Set([...planted.map(({ path }) => path), ...Object.keys(cycle)]);
    const wrongly = broken.filter((line) => !bad.has(/: (\S+) -> /.exec(line)?.[1] ?? ''));
    expect(wrongly).toEqual([]);
  });

  it('hold in the repository', () => {
    const paths = ['proto', 'services', 'web', 'load-tests', 'tools'];
    const present = paths.filter((path) => existsSync(join(root, path)));
    expect(brokenRules(root, present)).toEqual([]);
  });
});

describe('unused code', () => {
  it('is found by knip, be it a file or an export', () => {
    write({
      'services/policy/src/alone.ts': 'export const three = 3;\n',
      'services/policy/src/index.ts': "export { one } from './one.js';\n",
      'services/policy/src/one.ts': 'export const one = 1;\nexport const unwanted = 2;\n',
    });
    const knip = join(root, 'node_modules/.bin/knip');
    const args = ['--no-config-hints', '--no-exit-code', '--include=files,exports'];
    const output = execFileSync(knip, args, { cwd: folder, encoding: 'utf8' });
    expect(output).toContain('services/policy/src/alone.ts');
    expect(output).toContain('unwanted');
    expect(output).not.toMatch(/\bone\b.*services\/policy\/src\/one\.ts/);
  });
});
