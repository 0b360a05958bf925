import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Drill, Hire, Stage } from '../drill.js';
import { Part } from '../part.js';
import { untilAnswered } from '../progress.js';
import { until } from '../until.js';

const REFUSED_SESSION = 'STENO-4027';
const REFUSED_COMMAND = 'STENO-4013';
/** Fills a mebibyte soon. */
const PADDING = 4_096;
/** Sessions that go on until a command is refused. */
const LASTING: Hire = { padding: PADDING, sessionStatements: Number.POSITIVE_INFINITY };
/** Sessions whose beginnings and ends are to be noted on the full disk as well. */
const PASSING: Hire = { padding: PADDING, sessionStatements: 5 };

/**
 * A capture of its own with little room, while Kafka is away: it refuses new sessions, then
 * commands, and takes them again when Kafka is back.
 */
async function fill(
  stage: Stage,
  capture: Part,
  { as, refusals }: { as: Hire; refusals: readonly string[] },
): Promise<void> {
  const { broker } = stage.site;
  const crowd = stage.hire(capture, as);
  await untilAnswered([crowd], 'before');
  await broker.stop();
  try {
    for (const code of refusals) await until(`${code} is said`, () => crowd.refusals.has(code));
  } finally {
    await broker.startAgain();
  }
  await untilAnswered([crowd], 'afterwards');
  await crowd.stop();
  await capture.stop();
}

const spoolFull: Drill = {
  name: 'spool-full',
  does: 'limits.spool of 1 MiB reached while Kafka is away',
  allows: 'new sessions are refused, then commands; none of them reaches the target',
  run: async (stage) => {
    const { site } = stage;
    const config = await site.writeConfig('spool-full.yaml', { limits: { spool: '1MiB' } });
    const capture = await Part.start(site.plan('capture', 'cap-spool', config));
    try {
      // A session that asks for another while the first is refused its commands sees both.
      await fill(stage, capture, { as: LASTING, refusals: [REFUSED_COMMAND, REFUSED_SESSION] });
    } finally {
      await capture.kill();
    }
  },
};

const diskFull: Drill = {
  name: 'disk-full',
  does: 'no space left on the disk of a spool while Kafka is away',
  allows: 'commands are refused; none of them reaches the target',
  cannot: ({ fillsDisk }) => {
    if (!fillsDisk) return 'in the long set';
    return canMount() ? undefined : 'no right to mount a small disk here';
  },
  run: async (stage) => {
    const { site } = stage;
    const name = 'cap-disk';
    const spool = join(site.directory, 'data', 'spool', name);
    mkdirSync(spool, { recursive: true, mode: 0o700 });
    mount(spool);
    try {
      const capture = await Part.start(site.plan('capture', name, site.config));
      try {
        await fill(stage, capture, { as: PASSING, refusals: [REFUSED_COMMAND] });
      } finally {
        await capture.kill();
      }
    } finally {
      execFileSync('umount', ['--lazy', spool]);
    }
  },
};

function mount(place: string): void {
  const options = ['-t', 'tmpfs', '-o', 'size=40m,mode=0700', 'tmpfs', place];
  execFileSync('mount', options, { stdio: 'ignore' });
}

function canMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'steno-mount-'));
  try {
    mount(place);
    execFileSync('umount', [place]);
    return true;
  } catch {
    return false; // no Linux, or no right to
  } finally {
    rmSync(place, { recursive: true });
  }
}

export const SPOOL: readonly Drill[] = [spoolFull, diskFull];
