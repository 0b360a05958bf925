import { readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { Rulebook, SessionRuler, StatementText, grammarLoaded, indexCatalog } from '@steno/policy';
import type { Asking } from '@steno/policy';

// What a decision costs with read-only.cedar and 99 more rules: on a text whose shape is known, and
// on one that is seen for the first time. --keep writes results.txt.

const RESULTS = fileURLToPath(new URL('../../decisions/results.txt', import.meta.url));
const SHIPPED = new URL('../../../deploy/policies/read-only.cedar', import.meta.url);
const RULES = 99;
/** So many that each question of the measured texts is a new one. */
const TABLES = 6_000;
const KNOWN = 200_000;
const WARM_UP = 20_000;
const FIRST_SIGHTS = 600;
const BARS_US = { known: 50, first: 3_000 };

const ASKING: Asking = {
  identity: {
    name: 'ci/deploy',
    issuer: 'https://issuer.example',
    subject: 'ci/deploy',
    groups: ['deployers'],
    claims: { repository: 'acme/shop' },
  },
  target: {
    name: 'shop',
    protocol: 'postgres',
    database: 'shop',
    environment: 'production',
    owner: 'data',
  },
  source: '10.1.2.3',
  program: 'pgbench',
  encrypted: false,
  openedAt: 0,
};

await grammarLoaded;
const text = await readFile(SHIPPED, 'utf8');
const rules = Array.from({ length: RULES }, (_, n) => {
  const table = `Table::"shop/shop/public/t${TABLES + n}"`;
  return `@id("r${n}") forbid (principal in Group::"g${n}", action == Action::"select",
    resource == ${table}) when { context.environment == "e${n}" };`;
});
const files = [
  { name: 'read-only.cedar', text },
  { name: 'more.cedar', text: rules.join('\n') },
];
const compiled = Rulebook.compile(files, 'bench');
if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
const relations = Array.from({ length: TABLES }, (_, n) => {
  const of = { schema: 'public', name: `t${n}`, kind: 'table' } as const;
  return {
    ...of,
    queries: [],
    types: [],
    changes: [],
    oid: 20_000 + n,
    columns: [],
    parents: [],
    columnTypes: [],
  };
});
const catalog = indexCatalog({
  relations,
  functions: [],
  operators: [],
  types: [],
  implicitCasts: [],
  plainTypes: [],
});
const ruler = new SessionRuler(ASKING, {
  rulebook: compiled,
  catalog,
  searchPath: ['public'],
  isCatalogOld: false,
  catalogChanged: () => undefined,
  now: Date.now,
});

/** Microseconds of each, sorted. */
function measured(count: number, textOf: (n: number) => string): Float64Array {
  const took = new Float64Array(count);
  for (let n = 0; n < count; n += 1) {
    const text = textOf(n);
    const from = performance.now();
    const { effect } = ruler.rule(() => [new StatementText(text)]);
    took[n] = (performance.now() - from) * 1000;
    if (effect !== 'allow') throw new Error(`denied: ${text}`);
  }
  return took.sort();
}

const known = (n: number) => `SELECT abalance FROM t1 WHERE aid = ${n} AND note = 'n${n}'`;
/** Up to four tables that no other text names, no two texts of one shape. */
function first(n: number): string {
  const joins = Array.from({ length: n % 4 }, (_, of) => {
    return `JOIN t${4 * n + of + 1} j${of} ON j${of}.id = a.id`;
  });
  return `SELECT a.c${n}, count(*) FROM t${4 * n} a ${joins.join(' ')} GROUP BY 1 LIMIT 10`;
}

measured(WARM_UP, known);
measured(FIRST_SIGHTS, (n) => first(FIRST_SIGHTS + n));
const rows = [
  ['a shape that is known', measured(KNOWN, known), BARS_US.known],
  ['at first sight', measured(FIRST_SIGHTS, first), BARS_US.first],
] as const;
const [load = 0] = loadavg();
const report = [
  `A decision by ${compiled.size} rules, 1 to 4 tables, microseconds.`,
  `${new Date().toISOString().slice(0, 10)}, ${process.platform} ${process.arch}, ` +
    `${cpus().length} cores, load ${load.toFixed(1)}, Node ${process.versions.node}`,
  '',
  `${''.padEnd(24)}${['p50', 'p99', 'bar p99'].map((cell) => cell.padStart(10)).join('')}`,
  ...rows.map(([name, took, bar]) => {
    const at = (share: number) => took[Math.floor(took.length * share)] ?? Number.NaN;
    const cells = [at(0.5).toFixed(1), at(0.99).toFixed(1), String(bar)];
    const verdict = at(0.99) < bar ? 'PASS' : 'MISSED';
    return `${name.padEnd(24)}${cells.map((cell) => cell.padStart(10)).join('')}  ${verdict}`;
  }),
].join('\n');
process.stdout.write(`${report}\n`);
if (process.argv.includes('--keep')) await writeFile(RESULTS, `${report}\n`);
