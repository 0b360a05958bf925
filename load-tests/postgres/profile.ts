import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runCommand } from './run-command.js';

// What a CPU profile of Node says, as text: which package and which functions a process was in.

const USAGE = `usage: profile -- FILE.cpuprofile
  A file that bench:postgres -- --profile FOLDER left there.`;
const FUNCTIONS = 15;
const PACKAGE = /node_modules\/((?:@[^/]+\/)?[^/]+)\//;
const OF_STENO = /\/(?:services|web)\/([^/]+)\/dist\/|\/(proto)\/dist\//;

interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

type Frame = CpuProfile['nodes'][number]['callFrame'];

function parseOptions(args: readonly string[]): string {
  const { positionals } = parseArgs({ args: [...args], allowPositionals: true });
  const [file] = positionals;
  if (file === undefined || positionals.length > 1) throw new Error('one file is wanted');
  return file;
}

async function show(file: string): Promise<number> {
  const profile = JSON.parse(await readFile(file, 'utf8')) as CpuProfile;
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
  const packages = new Map<string, number>();
  const functions = new Map<string, number>();
  let busy = 0;
  for (const [index, id] of profile.samples.entries()) {
    const frame = frames.get(id);
    const us = profile.timeDeltas[index] ?? 0;
    if (frame === undefined || frame.functionName === '(idle)') continue;
    busy += us;
    add(packages, packageOf(frame), us);
    add(functions, `${frame.functionName || '(anonymous)'}  ${placeOf(frame)}`, us);
  }
  process.stdout.write(`busy for ${(busy / 1e6).toFixed(1)} s, of which by package, %\n`);
  for (const line of shares(packages, busy)) process.stdout.write(`${line}\n`);
  process.stdout.write('\nby function, %\n');
  for (const line of shares(functions, busy).slice(0, FUNCTIONS)) process.stdout.write(`${line}\n`);
  return 0;
}

/** What stands in no file is the system calls and the collector that V8 names. */
function packageOf({ functionName, url }: Frame): string {
  if (url === '') return functionName === '(garbage collector)' ? functionName : '(native)';
  if (url.startsWith('node:')) return 'node';
  const [, service, proto] = OF_STENO.exec(url) ?? [];
  const [, installed] = PACKAGE.exec(url) ?? [];
  return installed ?? service ?? proto ?? url.replace(/^.*\//, '');
}

function placeOf({ url, lineNumber }: Frame): string {
  return url === '' ? '' : `${url.split('/').slice(-2).join('/')}:${lineNumber + 1}`;
}

function add(sums: Map<string, number>, key: string, us: number): void {
  sums.set(key, (sums.get(key) ?? 0) + us);
}

function shares(sums: ReadonlyMap<string, number>, total: number): string[] {
  return [...sums]
    .toSorted(([, a], [, b]) => b - a)
    .map(([name, us]) => `${((100 * us) / total).toFixed(1).padStart(6)}  ${name}`);
}

await runCommand(USAGE, parseOptions, show);
