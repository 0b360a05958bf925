import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { misplaced } from './layout.js';
import { readTree, root, sourceFile, type SourceFile } from './source-tree.js';
import { exemptLongFiles, textRules, type TextRule } from './text-rules.js';

const tree = readTree();
const paths = tree.map(({ path }) => path);

function broken(rule: TextRule, files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => rule.appliesTo(path))
    .flatMap((file) => rule.violations(file).map((where) => `${file.path}:${where}`));
}

describe('text', () => {
  it.each(textRules)('$name', (rule) => {
    expect(broken(rule, [sourceFile(rule.bad.path, rule.bad.text)])).not.toEqual([]);
    expect(broken(rule, [sourceFile(rule.good.path, rule.good.text)])).toEqual([]);
    expect(broken(rule, tree)).toEqual([]);
  });

  it('has no exemption for a file that is gone', () => {
    expect(exemptLongFiles.filter((path) => !paths.includes(path))).toEqual([]);
  });
});

describe('layout', () => {
  it.each([
    'notes.md',
    'services/helpers/src/a.ts',
    'services/capture/src/utils/a.ts',
    'services/capture/src/common.ts',
    'services/capture/src/camelCase.ts',
    'services/capture/scripts/a.ts',
    'services/capture-service/src/a.ts',
    'scripts/build.sh',
    'proto/lib/a.ts',
  ])('refuses %s', (path) => {
    expect(misplaced(path)).toBeDefined();
  });

  it('holds every file', () => {
    const wrong = paths.flatMap((path) => {
      const reason = misplaced(path);
      return reason === undefined ? [] : [`${path} ${reason}`];
    });
    expect(wrong).toEqual([]);
  });

  it('has an index only where a package exports it', () => {
    const isExported = (path: string) => {
      const [, folder = '', file = ''] = /^(.*?)\/(src\/.*)$/.exec(path) ?? [];
      const { exports = {} } = readJson(`${folder}/package.json`);
      return Object.values(exports).some((entry) => JSON.stringify(entry).includes(`./${file}"`));
    };
    const indexes = paths.filter((path) => /\/src\/(?:.+\/)?index\.tsx?$/.test(path));
    expect(indexes.filter((path) => !isExported(path))).toEqual([]);
  });
});

describe('packages', () => {
  const manifests = paths.filter((path) => /^(?:proto|services|web).*\/package\.json$/.test(path));

  it('are private, ESM, of one version and name their layer', () => {
    const { version } = readJson('package.json');
    for (const path of manifests) {
      const folder = path.split('/').at(-2);
      expect(readJson(path), path).toMatchObject({
        name: `@steno/${folder}`,
        version,
        private: true,
        type: 'module',
        nx: { tags: [expect.stringMatching(/^layer:/)] },
      });
    }
  });

  it('pin their dependencies', () => {
    const loose = ['package.json', ...manifests].flatMap((path) => {
      const { dependencies = {}, devDependencies = {} } = readJson(path);
      return Object.entries({ ...dependencies, ...devDependencies })
        .filter(([, range]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(range))
        .map(([name, range]) => `${path}: ${name} ${range}`);
    });
    expect(loose).toEqual([]);
  });

  // npm leaves out of the lock what it could not look up, and "npm ci" then fails elsewhere.
  it('are locked for every platform', () => {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { optionalDependencies?: Record<string, string> }>;
    };
    const locked = new Set(Object.keys(packages).map((path) => path.split('node_modules/').at(-1)));
    const unlocked = Object.values(packages)
      .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
      .filter((name) => !locked.has(name));
    expect(unlocked).toEqual([]);
  });

  it('check the types of what lies in test/', () => {
    const unchecked = manifests.filter((path) => {
      const folder = path.slice(0, -'/package.json'.length);
      if (!paths.some((other) => other.startsWith(`${folder}/test/`))) return false;
      const checked = existsSync(join(root, folder, 'test/tsconfig.json'));
      return !checked || readJson(path).scripts?.['typecheck'] === undefined;
    });
    expect(unchecked, 'want test/tsconfig.json and a script "typecheck"').toEqual([]);
  });
});

interface Manifest {
  readonly version: string;
  readonly exports?: Readonly<Record<string, unknown>>;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function readJson(path: string): Manifest {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
}
