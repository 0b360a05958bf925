/** What may stand where. A new entry is a decision: say in the change what it is for. */
const rootFiles = new Set([
  '.dependency-cruiser.cjs',
  '.dockerignore',
  '.editorconfig',
  '.gitattributes',
  '.gitignore',
  '.npmrc',
  '.nvmrc',
  '.prettierignore',
  '.prettierrc',
  'ARCHITECTURE.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'GLOSSARY.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'eslint.config.js',
  'knip.json',
  'nx.json',
  'package-lock.json',
  'package.json',
  'tsconfig.base.json',
  'vitest.config.ts',
]);

const services = [
  'wire-[a-z0-9]+',
  'policy',
  'masking',
  'sessions',
  'transcript',
  'detection',
  'event-log',
  'event-store',
  'capture',
  'projector',
  'detector',
  'api',
  'steno',
  'embedded-kafka',
  'embedded-postgres',
].join('|');

const packageFiles = `(?:${[
  'package.json',
  'tsconfig.json',
  'README.md',
  'index.html',
  'vite.config.ts',
]
  .join('|')
  .replaceAll('.', String.raw`\.`)})`;

const allowed: readonly RegExp[] = [
  /^\.ci\/run$/,
  /^\.(?:github|gitlab)\//,
  /^docs\//,
  /^tools\/[^/]+$/,
  new RegExp(`^(?:proto|services/(?:${services})|web/(?:player|console))/${packageFiles}$`),
  /^proto\/(?:src|test|fixtures|steno\/v\d+)\//,
  /^proto\/(?:buf\.yaml|buf\.gen\.yaml|baseline\.binpb)$/,
  new RegExp(`^services/(?:${services})/(?:src|test|bin|fixtures)/`),
  /^services\/embedded-kafka\/broker\//,
  /^services\/event-store\/(?:schema|queries)\//,
  /^web\/(?:player|console)\/(?:src|test|public)\//,
  /^deploy\//,
  /^load-tests\//,
];

const vagueFolder = /(?:^|\/)(?:utils?|helpers?|common|shared|lib|misc)(?:\/|\.[a-z]+$)/;
const kebabCase = /^[a-z0-9.-]+$/;

/** Why a path does not belong where it is, or undefined. */
export function misplaced(path: string): string | undefined {
  if (vagueFolder.test(path)) return 'says nothing: name the thing and put it beside its user';
  const name = path.slice(path.lastIndexOf('/') + 1);
  const isSource = /\.(?:tsx?|mjs|cjs|sql|proto)$/.test(name) && !path.startsWith('proto/src/gen/');
  if (isSource && !kebabCase.test(name)) return 'is not in kebab-case';
  if (!path.includes('/')) return rootFiles.has(path) ? undefined : 'is no file of the root';
  return allowed.some((pattern) => pattern.test(path)) ? undefined : 'is outside of the layout';
}
