// The layers. A folder of the first column may import its own package and the layers named here,
// nothing else of this repository. Apps meet only at the event log and the event store.
const layers = {
  contract: { folders: 'proto', imports: [] },
  wire: { folders: 'services/wire-[^/]+', imports: [] },
  masking: { folders: 'services/masking', imports: [] },
  domain: {
    folders: 'services/(?:policy|sessions|transcript|detection)',
    imports: ['contract', 'masking'],
  },
  port: {
    folders: 'services/(?:event-log|event-store)',
    imports: ['contract', 'services/sessions'],
  },
  app: {
    folders: 'services/(?:capture|projector|detector|api)',
    imports: ['contract', 'wire', 'masking', 'domain', 'port'],
  },
  root: {
    folders: '(?:services/(?:steno|embedded-kafka|embedded-postgres)|load-tests)',
    imports: ['contract', 'wire', 'masking', 'domain', 'port', 'app', 'root'],
    forTests: ['console'],
  },
  player: { folders: 'web/player', imports: ['contract', 'services/transcript'] },
  console: { folders: 'web/console', imports: ['contract', 'services/transcript', 'player'] },
  tools: { folders: 'tools', imports: ['contract'] },
};

const foldersOf = (name) => layers[name]?.folders ?? name;

const tests = String.raw`/test/|\.(?:test|contract)\.tsx?$`;
/** What the tests of any layer may use besides; those of some may use more. */
const FOR_TESTS = ['services/embedded-kafka', 'services/embedded-postgres'];

const layerRules = Object.entries(layers).flatMap(([name, layer]) => {
  const { folders, imports, forTests = [] } = layer;
  const rule = (kind, from, allowed) => ({
    name: `layer-${name}${kind}`,
    severity: 'error',
    comment: `${name} may import ${imports.join(', ') || 'no other package'}`,
    from,
    to: {
      path: '^(?:proto|services|web|load-tests|tools)/',
      pathNot: ['^$1/', ...allowed.map((folder) => `^${foldersOf(folder)}/`)],
    },
  });
  return [
    rule('', { path: `^(${folders})/`, pathNot: tests }, imports),
    rule('-tests', { path: `^(${folders})/.*(?:${tests})` }, [
      ...imports,
      ...FOR_TESTS,
      ...forTests,
    ]),
  ];
});

/** Forbids modules by their resolved path (npm) or name (Node's own). */
const ban = ({ name, layer, comment, core, npm }) => ({
  name,
  severity: 'error',
  comment,
  from: { path: `^${layer}/`, pathNot: tests },
  to: core === undefined ? { path: npm } : { dependencyTypes: ['core'], ...core },
});

const server = String.raw`node_modules/(?:@nestjs/|kafkajs/|@clickhouse/|chdb/|lmdb/)`;
const pureDomain = 'services/(?:policy|transcript|detection)';

module.exports = {
  forbidden: [
    ...layerRules,
    {
      name: 'no-cycle',
      severity: 'error',
      comment: 'a cycle is a missing third module',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable',
      severity: 'error',
      comment: 'not there, or not among the dependencies of the package',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-deep-import',
      severity: 'error',
      comment: 'another package is used by what its exports name, never by a path into it',
      from: { path: '^(proto|services/[^/]+|web/[^/]+|load-tests|tools)/' },
      to: {
        path: '^(?:proto|services|web|load-tests)/',
        pathNot: '^$1/',
        dependencyTypes: ['local'],
      },
    },
    {
      name: 'no-test-in-source',
      severity: 'error',
      comment: 'what ships does not import tests',
      from: { pathNot: tests },
      to: { path: `${tests}|^node_modules/vitest/`, pathNot: '^node_modules/(?!vitest/)' },
    },
    ban({ name: 'proto-is-pure', layer: 'proto', comment: 'runs in the browser', core: {} }),
    ban({
      name: 'wire-is-pure',
      layer: 'services/wire-[^/]+',
      comment: 'bytes in, messages out: no socket, timer or file',
      core: { pathNot: '^(?:node:)?(?:buffer|crypto)$' },
    }),
    ban({
      name: 'domain-is-pure',
      layer: pureDomain,
      comment: 'a rule is a function of its arguments',
      core: {},
    }),
    ban({
      name: 'sessions-are-pure',
      layer: 'services/sessions',
      comment: 'digests need node:crypto, nothing needs more',
      core: { pathNot: '^(?:node:)?crypto$' },
    }),
    ban({
      name: 'masking-is-pure',
      layer: 'services/masking',
      comment: 'tokens need node:crypto, nothing needs more',
      core: { pathNot: '^(?:node:)?crypto$' },
    }),
    ban({ name: 'web-is-browser', layer: 'web/[^/]+/src', comment: 'no Node here', core: {} }),
    ban({
      name: 'no-server-below-apps',
      layer: `(?:proto|web|${['wire', 'masking', 'domain'].map(foldersOf).join('|')})`,
      comment: 'frameworks and drivers belong to ports and apps',
      npm: server,
    }),
    ban({
      name: 'no-framework-in-ports',
      layer: 'services/(?:event-log|event-store)',
      comment: 'a port knows no framework',
      npm: String.raw`node_modules/@nestjs/`,
    }),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: String.raw`(?:^|/)dist/|^proto/src/gen/.*_pb\.js$` },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['development', 'import', 'types', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.d.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
