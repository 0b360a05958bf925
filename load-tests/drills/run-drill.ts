import { say } from '../postgres/environment.js';
import { Clients } from './clients.js';
import type { Drill, Hire, Scale } from './drill.js';
import { gather } from './evidence.js';
import type { Installation, VerifyFinding } from './installation.js';
import { judge } from './judge.js';
import type { Outcome } from './judge.js';
import type { Kill, Part } from './part.js';
import { randomFrom } from './random.js';
import type { Result } from './report.js';

const CATCH_UP_MS = 90_000;
/** Each capture has sessions that open and close all the time. */
const WORK = { count: 2, pauseMs: 10, padding: 0, sessionStatements: 100 };

export interface Run {
  readonly site: Installation;
  readonly scale: Scale;
  readonly seed: number;
}

/** Does one drill after the other on one installation. */
export class DrillRunner {
  private number = 0;
  /** Found after earlier drills, which are blamed for it. */
  private repeated = 0;
  private findings = new Set<string>();

  constructor(
    private readonly run: Run,
    private readonly token: string,
  ) {}

  static async prepare(run: Run): Promise<DrillRunner> {
    return new DrillRunner(run, await run.site.token());
  }

  async do(drill: Drill): Promise<Result> {
    const { scale } = this.run;
    const watch = new Stopwatch();
    const skipped = drill.cannot?.(scale);
    if (skipped !== undefined) {
      return { fault: drill.name, outcome: undefined, problems: [], skipped, took: '' };
    }
    const { outcome, problems } = await this.underLoad(drill, watch);
    problems.push(...(await this.verify()));
    watch.lap('verify');
    const { took } = watch;
    return { fault: drill.name, outcome, problems, skipped: undefined, took };
  }

  private async underLoad(
    drill: Drill,
    watch: Stopwatch,
  ): Promise<{ outcome: Outcome; problems: string[] }> {
    const { site, scale, seed } = this.run;
    this.number += 1;
    const name = `d${this.number}`;
    const all: Clients[] = [];
    const kills: Kill[] = [];
    const hire = (capture: Part, more: Hire = {}): Clients => {
      const clients = new Clients({ ...WORK, ...more, drill: name, capture, token: this.token });
      all.push(clients);
      return clients;
    };
    const clients = site.captures.map((capture) => hire(capture));
    const problems: string[] = [];
    const random = randomFrom(seed + this.number);
    await drill
      .run({ site, scale, random, clients, kills, hire })
      .catch((error: unknown) => problems.push(messageOf(error)));
    await Promise.all(all.map((each) => each.stop()));
    for (const part of new Set([...site.parts, ...all.map(({ capture }) => capture)])) {
      if (part.died !== undefined) problems.push(part.died);
    }
    // The next drill begins with all of them.
    for (const part of site.parts) if (!part.isRunning) await part.start();
    watch.lap('fault');
    const { evidence, problem } = await gather(site, name, { clients: all, kills }, CATCH_UP_MS);
    watch.lap('catching up');
    if (problem !== undefined) problems.push(problem);
    const repeatedRows = evidence.repeatedRows - this.repeated;
    this.repeated = evidence.repeatedRows;
    const outcome = judge({ ...evidence, repeatedRows });
    for (const example of outcome.examples) say(`    ${example}`);
    return { outcome, problems };
  }

  /** What verify finds that it did not find before, but for the poison of a drill. */
  private async verify(): Promise<string[]> {
    const { exit, findings, stderr } = await this.run.site.verify();
    if (exit > 2) return [`verify could not: ${stderr.trim()}`];
    const problems = unexpected(findings, this.run.site.poisoned);
    const fresh = problems.filter((problem) => !this.findings.has(problem));
    for (const problem of fresh) this.findings.add(problem);
    const [first] = fresh;
    return first === undefined ? [] : [`verify: ${fresh.length} findings, the first: ${first}`];
  }
}

class Stopwatch {
  private readonly laps: string[] = [];
  private since = Date.now();

  lap(name: string): void {
    const now = Date.now();
    this.laps.push(`${name} ${((now - this.since) / 1_000).toFixed(1)} s`);
    this.since = now;
  }

  get took(): string {
    return this.laps.join(', ');
  }
}

function unexpected(findings: readonly VerifyFinding[], poisoned: number): string[] {
  const isPoison = ({ kind, topic }: VerifyFinding) => kind === 'unreadable' && topic === 'data';
  const poison = findings.filter(isPoison).reduce((sum, { count }) => sum + count, 0);
  const others = findings.filter((finding) => !isPoison(finding));
  const problems = others.map(({ kind, stream, detail }) => `${kind} ${stream ?? ''}: ${detail}`);
  if (poison !== poisoned) problems.push(`${poison} of ${poisoned} unreadable records`);
  return problems;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
