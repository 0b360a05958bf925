import { setTimeout as sleep } from 'node:timers/promises';
import type { ReplayFrame, SessionDetailView, TimelineView } from '@steno/proto';
import { InvalidArgumentError } from 'commander';
import { parseDuration } from '../config/quantity.js';
import { findApi } from './api-address.js';
import { ApiClient } from './api-client.js';
import type { Context } from './context.js';
import { EXIT } from './exit-codes.js';
import { TerminalFilter } from './terminal-filter.js';
import { addVerb } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';
import { visible } from './visible.js';

interface Options extends SharedOptions {
  readonly speed: number;
  readonly wait: boolean;
  readonly from?: bigint;
  readonly follow?: boolean;
}

type Frame = ReplayFrame['frame'];

const MAX_SPEED = 1000;
/** The longest single timer; longer waits are several. */
const LONGEST_WAIT_MS = 60_000;
const CLEAR_SCREEN = '\u001B[2J\u001B[3J\u001B[H';
const RESET_COLOURS = '\u001B[0m';

export const defineReplay: DefineVerb = (program, context, finish) => {
  addVerb(program, 'replay <session>', 'Shows a session again, as it looked, in this terminal.')
    .option('--speed <n>', 'times as fast: 0.1 to 1000', parseSpeed, 1)
    .option('--no-wait', 'all at once')
    .option('--from <time>', 'from this long after its start: 90s, 1h30m', parseStart)
    .option('--follow', 'go on while the session is running')
    .action(async (session: string, options: Options) => {
      const address = findApi(context, options);
      const client = new ApiClient(address);
      const path = `/api/sessions/${encodeURIComponent(session)}`;
      const detail = await client.get<SessionDetailView>(path);
      const timeline = await client.get<TimelineView>(`${path}/timeline`, { slices: 10 });
      const until = BigInt(Math.ceil(timeline.durationNs));
      const { from: asked = 0n } = options;
      const from = asked < until ? asked : until;
      const follow = options.follow === true && timeline.open;
      if (options.json !== true) await announce(context, detail);
      // The schema takes long to load, and no other verb needs it.
      const { openReplay } = await import('./replay-stream.js');
      const frames = openReplay(address, { session, from, until, follow });
      const pace = new Pace(
        from,
        options.wait && options.json !== true ? options.speed : undefined,
      );
      await (options.json === true ? printFrames(context, frames) : show(context, frames, pace));
      finish(EXIT.done);
    });
};

/** On stderr, so that stdout is the recording alone. */
async function announce({ err }: Context, detail: SessionDetailView): Promise<void> {
  const { identity, target, startedAt, status } = detail;
  const line = `${identity} on ${target}, ${startedAt.slice(0, 19)}Z, ${status}`;
  await err.line(err.paint('dim', visible(line)));
}

async function show(context: Context, frames: AsyncIterable<Frame>, pace: Pace): Promise<void> {
  const { out } = context;
  const filter = new TerminalFilter();
  try {
    for await (const frame of frames) {
      if (frame.case === 'screen') {
        if (out.isTerminal) await out.write(CLEAR_SCREEN);
        await out.write(filter.push(frame.value.ansi));
      } else if (frame.case === 'chunk') {
        await pace.reach(frame.value.t);
        await out.write(filter.push(frame.value.ansi));
      }
    }
  } finally {
    if (out.isTerminal) await out.write(RESET_COLOURS);
  }
}

async function printFrames({ out }: Context, frames: AsyncIterable<Frame>): Promise<void> {
  const decoder = new TextDecoder();
  for await (const frame of frames) {
    if (frame.case === undefined) continue;
    const { t, position } = frame.value;
    const place = { kind: frame.case, t: Number(t), position: Number(position) };
    if (frame.case === 'mark') {
      await out.json({ ...place, lane: frame.value.lane, label: frame.value.label });
    } else if (frame.case === 'end') {
      await out.json({ ...place, reason: frame.value.reason });
    } else {
      await out.json({ ...place, ansi: decoder.decode(frame.value.ansi, { stream: true }) });
    }
  }
}

/** Waits until a moment of the session is due. */
class Pace {
  readonly #from: bigint;
  readonly #speed: number | undefined;
  readonly #started = performance.now();

  /** @param speed undefined: never wait */
  constructor(from: bigint, speed: number | undefined) {
    this.#from = from;
    this.#speed = speed;
  }

  async reach(t: bigint): Promise<void> {
    if (this.#speed === undefined) return;
    const due = this.#started + Number(t - this.#from) / 1e6 / this.#speed;
    for (let left = due - performance.now(); left > 0; left = due - performance.now()) {
      await sleep(Math.min(left, LONGEST_WAIT_MS));
    }
  }
}

function parseSpeed(text: string): number {
  const speed = Number(text);
  if (text.trim() !== '' && speed >= 0.1 && speed <= MAX_SPEED) return speed;
  throw new InvalidArgumentError(`It must be a number from 0.1 to ${MAX_SPEED}.`);
}

/** Nanoseconds. A bare number is seconds. */
function parseStart(text: string): bigint {
  const ms = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (ms !== undefined) return BigInt(Math.round(ms * 1e6));
  throw new InvalidArgumentError('It must be a duration like 90s or 1h30m.');
}
