import { ResponseDigest } from '@steno/sessions';
import { decodeParameterStatus, isMalformed } from '@steno/wire-postgres';
import type { CaptureLimits, Target } from '../../options.js';
import { InputKeeper } from '../../session/input-keeper.js';
import { OutputKeeper } from '../../session/output-keeper.js';
import type { SessionRecorder } from '../../session/recorder.js';
import { Redaction } from '../../masking/redaction.js';
import { CommandWatch } from './command-watch.js';
import type { CommandWatchOptions } from './command-watch.js';
import { Names } from './names.js';
import { PendingQueue } from './pending.js';
import type { Portal, RunningCommand, Statement } from './pending.js';
import { ResponseMasker } from './masking/response-masker.js';
import { Replacements } from './replacements.js';
import { ResponseRecord } from './response-record.js';
import { ResponseWatch } from './response-watch.js';

export interface WatchesOptions extends Pick<CommandWatchOptions, 'gate' | 'traces'> {
  readonly recorder: SessionRecorder;
  readonly target: Target;
  readonly limits: CaptureLimits;
  /** Asks the target to give up the command that it is at. */
  readonly cancel: () => void;
}

/** What watches both directions of one session, and what joins them. */
export interface Watches {
  readonly commands: CommandWatch;
  readonly responses: ResponseWatch;
  readonly pending: PendingQueue;
}

export function makeWatches(options: WatchesOptions): Watches {
  const { recorder, target, limits, gate, traces, cancel } = options;
  const { maskings } = gate;
  const { clock } = recorder;
  const pending = new PendingQueue();
  const redaction = new Redaction(maskings, gate);
  const input = new InputKeeper(recorder, limits.inputPerCommandBytes, () => redaction.stream());
  const statements = new Names<Statement>();
  const portals = new Names<Portal>();
  const shared = { recorder, pending, statements, portals, input };
  const digest = new ResponseDigest(recorder.key);
  const output = outputKeeper({ recorder, target, limits }, pending);
  const masked = () => masker.takeCounts();
  const record: ResponseRecord = new ResponseRecord({
    recorder,
    output,
    digest,
    clock,
    input,
    masked,
  });
  const described = (command: RunningCommand) => record.describing(command);
  const masker = new ResponseMasker({ maskings, pending, gate, described });
  const replacements = new Replacements({ pending, recorder, gate, masker, limits, cancel });
  const onIdle = () => {
    gate.outOfTransaction();
  };
  const onSetting = (body: Buffer) => {
    const status = decodeParameterStatus(body);
    if (!isMalformed(status)) gate.reported(status.name, status.value);
  };
  return {
    commands: new CommandWatch({ ...shared, clock, limits, gate, traces, redaction }),
    responses: new ResponseWatch({
      ...shared,
      record,
      onIdle,
      onSetting,
      masker,
      replacements,
    }),
    pending,
  };
}

function outputKeeper(
  { recorder, limits, target }: Pick<WatchesOptions, 'recorder' | 'limits' | 'target'>,
  pending: PendingQueue,
): OutputKeeper {
  const budget = {
    perResponse: limits.outputPerResponseBytes,
    perSession: limits.outputPerSessionBytes,
  };
  const responding = () => (pending.head?.kind === 'command' ? pending.head.position : 0);
  return new OutputKeeper(target.capture, budget, {
    piece: (offset, bytes) => {
      recorder.output(responding(), offset, bytes);
    },
    limit: (name, value) => {
      recorder.limitReached(name, value, responding());
    },
  });
}
