import tseslint from 'typescript-eslint';

const limits = {
  'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
  'no-restricted-syntax': [
    'error',
    {
      selector: ':not(MethodDefinition[kind="constructor"]) > :function[params.length>4]',
      message: 'At most 4 positional parameters, then an options object.',
    },
    {
      selector: 'MethodDefinition[kind="constructor"] > :function[params.length>5]',
      message: 'At most 5 constructor parameters; a class that needs more is two.',
    },
    { selector: 'ExportAllDeclaration', message: 'Name what a package exports.' },
    { selector: 'TSEnumDeclaration', message: 'Use a union of literals.' },
  ],
};

// Layers that neither do I/O nor know the time. Imports are judged by dependency-cruiser; this is
// for what Node and the browser hand out without an import.
const ambient = [
  'process',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'fetch',
  'WebSocket',
  'document',
  'window',
  'performance',
  'console',
];
const banned = (names) => ({
  'no-restricted-globals': [
    'error',
    ...names.map((name) => ({ name, message: 'This layer is pure.' })),
  ],
});

const tests = ['**/*.test.{ts,tsx}', '**/test/**', '**/*.contract.ts'];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '.nx/**',
      '.cache/**',
      'data/**',
      'coverage/**',
      'test-artefacts/**',
      'proto/src/gen/**',
      '**/fixtures/**',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{ts,tsx,js,mjs,cjs}'],
    extends: [tseslint.configs.recommended],
    rules: limits,
  },
  {
    files: ['**/*.{ts,tsx}', 'tools/**/*.mjs'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ['vitest.config.ts', 'web/*/vite.config.ts'] },
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // An interface says what may be awaited; its implementation need not await.
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
    },
  },
  {
    // A JSDoc cast is no node of its own, so what it makes safe looks unsafe; tsc checks these.
    files: ['tools/**/*.mjs'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: [
      'proto/src/**/*.ts',
      'services/{policy,masking,transcript,detection}/src/**/*.ts',
      'services/wire-*/src/**/*.ts',
      'services/sessions/src/**/*.ts',
    ],
    ignores: tests,
    rules: banned(ambient),
  },
  {
    // The one clock, which all others are given: the monotonic counter is process.hrtime.
    files: ['services/sessions/src/clock.ts'],
    rules: banned(ambient.filter((name) => name !== 'process')),
  },
  {
    // These run in the browser too.
    files: ['proto/src/**/*.ts', 'services/transcript/src/**/*.ts'],
    ignores: tests,
    rules: banned([...ambient, 'Buffer']),
  },
  {
    files: tests,
    // A describe block is a list, not a function to keep in the head; expect.any() gives any.
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
);
