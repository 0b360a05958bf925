import type { SourceFile } from './source-tree.js';

/** A rule about the text of one file, with a text that breaks it and one that does not. */
export interface TextRule {
  readonly name: string;
  readonly appliesTo: (path: string) => boolean;
  /** What is wrong, one entry each: a line number, or a sentence about the whole file. */
  readonly violations: (file: SourceFile) => (number | string)[];
  readonly bad: { readonly path: string; readonly text: string };
  readonly good: { readonly path: string; readonly text: string };
}

/** As CONTRIBUTING.md states them. A function's length is ESLint's to judge. */
const maxFileLines = 400;
const maxLineLength = 100;
const maxImports = 15;

/** Files that may be longer: one table, read from top to bottom. Each says what it is. */
const longFiles: Readonly<Record<string, string>> = {
  'docs/steno.schema.json': 'made from services/steno/src/config, one entry for each key',
  'deploy/helm/steno/values.schema.json': 'one entry for each value of the chart',
};

const isGenerated = (path: string) =>
  path.startsWith('proto/src/gen/') || /(?:^|\/)(?:fixtures|dist)\//.test(path);
const isLock = (path: string) => path === 'package-lock.json';
const isCode = (path: string) => /\.(?:tsx?|mjs|cjs|js)$/.test(path) && !isGenerated(path);
const isTest = (path: string) => /\.(?:test|contract)\.tsx?$|\/test\//.test(path);
const isRuleText = (path: string) => path === 'tools/text-rules.ts';
const isText = (path: string) => !isLock(path) && !isGenerated(path) && !isRuleText(path);
const isServiceSource = (path: string) => /^(?:services|proto)\//.test(path) && !isTest(path);

function matchingLines(pattern: RegExp): (file: SourceFile) => number[] {
  return ({ lines }) => lines.flatMap((line, index) => (pattern.test(line) ? [index + 1] : []));
}

interface Ban {
  readonly name: string;
  readonly pattern: RegExp;
  readonly bad: string;
  readonly good: string;
  readonly in?: (path: string) => boolean;
  readonly path?: string;
}

const bans: readonly Ban[] = [
  {
    name: 'no cast to any',
    pattern: /\bas any\b|<any>/,
    bad: 'const x = y as any;',
    good: '// as anybody knows',
  },
  {
    name: 'no cast through unknown',
    pattern: /\bas unknown as\b/,
    bad: 'const x = y as unknown as Z;',
    good: 'const x: unknown = y;',
  },
  {
    name: 'no silenced compiler',
    pattern: /@ts-(?:ignore|nocheck|expect-error)(?!.* -- \S)/,
    bad: '// @ts-ignore',
    good: '// @ts-expect-error -- the wrong type is what is tested',
  },
  {
    name: 'no silenced linter without a reason',
    pattern: /eslint-disable(?!.* -- \S)/,
    bad: '// eslint-disable-next-line no-console',
    good: '// eslint-disable-next-line no-console -- the command prints',
  },
  {
    name: 'no test left out or alone',
    pattern: /\b(?:it|test|describe)(?:\.\w+)*\.(?:skip|only|todo|fails)\b/,
    bad: "it.skip('works', () => {});",
    good: "it.skipIf(missing)('works', () => {});",
  },
  {
    name: 'no note to self',
    pattern: /\b(?:TODO|FIXME|XXX|HACK)\b/,
    bad: '// TODO: later',
    good: '// Later events win.',
    in: isText,
  },
  {
    name: 'no console in services, but in the command',
    pattern: /\bconsole\.\w+\(/,
    bad: "console.log('here');",
    good: "log.info('here');",
    in: (path) => isServiceSource(path) && isCode(path) && !path.startsWith('services/steno/'),
  },
  {
    name: 'no Math.random where evidence is made',
    pattern: /\bMath\.random\b/,
    bad: 'const id = Math.random();',
    good: 'const id = newId();',
    in: (path) => isServiceSource(path) && isCode(path) && !path.startsWith('services/steno/'),
  },
  {
    name: 'no re-export of everything',
    pattern: /^\s*export \*/,
    bad: "export * from './a.js';",
    good: "export { a } from './a.js';",
  },
  {
    name: 'no forwardRef',
    pattern: /\bforwardRef\b(?!<)/,
    bad: 'constructor(@Inject(forwardRef(() => A)) a: A) {}',
    good: 'constructor(a: A) {}',
    in: (path) => isCode(path) && path.startsWith('services/'),
  },
  {
    name: 'no path of one machine',
    pattern: /(?<![\w.$}])\/(?:home|root|Users|work|farm|mnt|workspace|builds)\/\w/,
    bad: 'see /home/me/steno',
    good: 'https://example.com/home/page',
    in: isText,
    path: 'docs/a.md',
  },
  {
    name: 'no registry host',
    pattern: /\bregistry\.[\w-]+\.\w+|\b(?:artifactory|nexus)\.[\w-]+/i,
    bad: '"resolved": "https://registry.example.org/a.tgz"',
    good: '"resolved": "node_modules/a"',
    in: (path) => !isRuleText(path),
    path: 'package-lock.json',
  },
];

const banRules = bans.map((ban): TextRule => {
  const path = ban.path ?? 'services/capture/src/a.ts';
  return {
    name: ban.name,
    appliesTo: ban.in ?? ((candidate) => isCode(candidate) && !isRuleText(candidate)),
    violations: matchingLines(ban.pattern),
    bad: { path, text: ban.bad },
    good: { path, text: ban.good },
  };
});

// SQL, tables of Markdown, what programs print, templates of Helm, queries in dashboards and lines
// that hold one long address cannot be folded.
const cannotFold = /^\s*\|.*\|$|https?:\/\/\S{50}/;
const mayBeWide = (path: string) =>
  /\.(?:sql|svg|txt|tpl)$/.test(path) ||
  /^deploy\/(?:grafana|helm\/steno\/(?:templates|files))\//.test(path);
// Comments of the schema are generated into TypeScript; their own width is 120.
const widthOf = (path: string) => (path.endsWith('.proto') ? 120 : maxLineLength);

/** Types come by a line of their own, so what counts is the module, not the line. */
function importedModules(text: string): number {
  const imports = text.matchAll(/^(?:import|export)\b(?:[^;']*?\bfrom)? '([^']+)'/gm);
  return new Set([...imports].map(([, module]) => module)).size;
}

export const textRules: readonly TextRule[] = [
  ...banRules,
  {
    name: `files have at most ${maxFileLines} lines`,
    appliesTo: (path) => isText(path) && !path.endsWith('.svg') && !(path in longFiles),
    violations: ({ lines }) => (lines.length > maxFileLines ? [`${lines.length} lines`] : []),
    bad: { path: 'a.ts', text: 'a\n'.repeat(maxFileLines + 1) },
    good: { path: 'a.ts', text: 'a\n'.repeat(maxFileLines) },
  },
  {
    name: `lines have at most ${maxLineLength} characters`,
    appliesTo: (path) => isText(path) && !mayBeWide(path),
    violations: ({ path, lines }) =>
      lines.flatMap((line, index) =>
        line.length > widthOf(path) && !cannotFold.test(line) ? [index + 1] : [],
      ),
    bad: { path: 'a.md', text: 'a'.repeat(maxLineLength + 1) },
    good: { path: 'a.md', text: `| ${'a'.repeat(maxLineLength)} |` },
  },
  {
    name: `files import from at most ${maxImports} modules`,
    appliesTo: (path) => isCode(path) && !path.endsWith('/index.ts'),
    violations: ({ text }) => {
      const imports = importedModules(text);
      return imports > maxImports ? [`${imports} imports`] : [];
    },
    bad: { path: 'a.ts', text: importsOf(maxImports + 1) },
    good: { path: 'a.ts', text: importsOf(maxImports) + importsOf(maxImports) },
  },
];

function importsOf(modules: number): string {
  const each = (_: unknown, index: number) => `import {\n  a,\n} from './${index}.js';\n`;
  return Array.from({ length: modules }, each).join('');
}

export const exemptLongFiles = Object.keys(longFiles);
