import type { TracedCommand } from '@steno/capture';
import type { ProjectedCommand } from '@steno/projector';
import { sessionIdOf } from '@steno/sessions';
import type { Attributes, Span } from './otlp.js';
import { spanIdOf, traceIdOf } from './trace-ids.js';

/** The root of a trace; the others are its children. */
const ROOT = 'command';
const FAILED: readonly string[] = ['error', 'cut', 'denied'];

/** What the capture knows of a command that has ended. */
export function spansOfCommand(command: TracedCommand): readonly Span[] {
  const { startedAt, decidedAt, forwardedAt, endedAt, kind, effect, status } = command;
  const of = { ...placeOf(command), 'steno.kind': kind, 'steno.status': status };
  const hasFailed = FAILED.includes(status);
  const root = makeSpan(command, ROOT, { kind: 'server', from: startedAt, until: endedAt });
  const decision = { 'steno.decision': effect };
  const decide = makeSpan(command, 'decide', { from: startedAt, until: decidedAt });
  const known = [
    { ...root, attributes: of, hasFailed },
    { ...decide, attributes: decision },
  ];
  if (forwardedAt === undefined) return known;
  const target = { kind: 'client', from: forwardedAt, until: endedAt } as const;
  return [
    ...known,
    makeSpan(command, 'commit', { from: decidedAt, until: forwardedAt }),
    { ...makeSpan(command, 'target', target), hasFailed },
  ];
}

/** What the projector knows: from the record of the command until it can be asked for. */
export function spanOfProjection(
  command: ProjectedCommand,
  at: { readonly read: bigint; readonly stored: bigint },
): Span {
  const { recordedAt } = command;
  // Clocks of two machines differ.
  const until = at.stored > recordedAt ? at.stored : recordedAt;
  const span = makeSpan(command, 'project', { kind: 'consumer', from: recordedAt, until });
  const events = [{ name: 'read', at: at.read }];
  return { ...span, attributes: placeOf(command), events };
}

interface Extent {
  readonly kind?: Span['kind'];
  readonly from: bigint;
  readonly until: bigint;
}

function makeSpan(
  { stream, position }: { readonly stream: string; readonly position: number },
  name: string,
  { kind = 'internal', from: startedAt, until: endedAt }: Extent,
): Span {
  const traceId = traceIdOf(stream, position);
  return {
    traceId,
    spanId: spanIdOf(traceId, name),
    parentSpanId: name === ROOT ? undefined : spanIdOf(traceId, ROOT),
    name,
    kind,
    startedAt,
    endedAt,
    attributes: {},
    hasFailed: false,
    events: [],
  };
}

function placeOf({ stream, position, identity, target }: Omit<ProjectedCommand, 'recordedAt'>) {
  const place: Attributes = {
    'steno.session': sessionIdOf(stream) ?? '',
    'steno.position': position,
    'steno.identity': identity,
    'steno.target': target,
  };
  return place;
}
