import type {
  CommandDecided,
  CommandSubmitted,
  Envelope,
  ResponseCompleted,
  SessionClosed,
} from '@steno/proto';
import { bindsLine } from './binds.js';
import { transactionAfter, type TransactionState } from './command-tags.js';
import { counted, instant } from './durations.js';
import { transcriptLimits } from './limits.js';
import { cut, decodeText, layOut, oneLine } from './printable.js';
import { notificationLines } from './notifications.js';
import { RecentCommands, RecentStatements } from './recent.js';
import { ResponseWriter } from './response.js';
import { StyledLines } from './style.js';

/** An event with the content it names, as far as that is still there. */
export interface TranscriptEvent {
  readonly envelope: Envelope;
  /**
   * Resolved by the caller, also what is held at an earlier position. A piece that the envelope
   * names and that is missing here was erased or has expired, and the transcript says so. For a
   * `response.completed` the entries of kind `output` are the whole kept output in offset order:
   * its head, then those of its `output.captured` events (which come earlier in the stream), as
   * far as `rowsMax` needs them; they may be cut anywhere. An `output.captured` shows nothing by
   * itself, unless it is of no command (0): then it holds notifications, and wants its content.
   */
  readonly contents: readonly { readonly kind: string; readonly bytes: Uint8Array }[];
}

export interface TranscriptChunk {
  /** Nanoseconds from the session's start. */
  readonly t: number;
  readonly position: number;
  /** Whole lines that end in \r\n, with no escape sequence but SGR. */
  readonly ansi: string;
}

export interface TranscriptOptions {
  /** Name of the target, for the prompt. */
  readonly target: string;
  /** occurredAt of session.opened: nanoseconds since the epoch. */
  readonly startedAt: bigint;
  readonly cols?: number;
  readonly cellMax?: number;
  /** Per response. */
  readonly rowsMax?: number;
  readonly colour?: boolean;
  /**
   * `show` (the default) tells positions that are left out between the events that it is given,
   * so it wants all of them, in order, `output.captured` too (its contents may be empty).
   */
  readonly holes?: 'show' | 'ignore';
}

/**
 * Renders the events of one session as a psql session would have looked. It goes forward only,
 * never fails whatever was recorded, and gives the same chunks for the same events. It is NOT a
 * terminal: chunks only ever append, so any prefix of them is the screen of that moment.
 */
export class Transcript {
  private readonly options: Required<TranscriptOptions>;
  private readonly out: StyledLines;
  private readonly statements = new RecentStatements();
  private readonly commands = new RecentCommands();
  private transaction: TransactionState = 'idle';
  private nextPosition = 0n;

  constructor(options: TranscriptOptions) {
    const { cols, cellMax, rowsMax } = transcriptLimits;
    this.options = { cols, cellMax, rowsMax, colour: true, holes: 'show', ...options };
    this.out = new StyledLines(this.options.colour);
  }

  /** The chunks of one event; none for events that show nothing. */
  render(event: TranscriptEvent): TranscriptChunk[] {
    const { envelope } = event;
    this.showHole(envelope.position);
    const texts = [...this.texts(event), this.out.take()];
    const t = Math.max(0, Number(envelope.occurredAt - this.options.startedAt));
    const position = Number(envelope.position);
    return texts.filter((ansi) => ansi !== '').map((ansi) => ({ t, position, ansi }));
  }

  private texts(event: TranscriptEvent): Iterable<string> {
    const { envelope } = event;
    const { facts } = envelope;
    switch (facts.case) {
      case 'sessionOpened':
        this.opened(envelope, facts.value);
        break;
      case 'statementPrepared':
        this.statements.add(envelope.position, facts.value, contentOf(event, 'text')[0]);
        break;
      case 'outputCaptured':
        if (facts.value.command === 0n) this.notifications(event);
        break;
      case 'commandSubmitted':
        this.submitted(event, facts.value);
        break;
      case 'commandDecided':
        this.answeredBy(facts.value);
        break;
      case 'responseCompleted':
        return this.completed(event, facts.value);
      case 'limitReached': {
        const { limit, value } = facts.value;
        this.out.line(`-- limit reached: ${oneLine(limit)} (${value})`, 'loud');
        break;
      }
      case 'gap': {
        const { fromPosition, toPosition, reason } = facts.value;
        this.hole(fromPosition, toPosition, reason);
        break;
      }
      case 'sessionClosed':
        this.closed(facts.value);
        break;
      default:
    }
    return [];
  }

  private showHole(position: bigint): void {
    const from = this.nextPosition;
    if (position >= from) this.nextPosition = position + 1n;
    if (position > from && this.options.holes === 'show') this.hole(from, position - 1n, '');
  }

  private hole(from: bigint, to: bigint, reason: string): void {
    const events = from === to ? `event ${from} is` : `events ${from} to ${to} are`;
    const why = reason === '' ? '' : ` (${oneLine(reason)})`;
    this.out.line(`-- gap: ${events} missing from the record${why}`, 'loud');
  }

  private opened(envelope: Envelope, facts: { sessionId: string; protocol: string }): void {
    const { identity, target, occurredAt } = envelope;
    const where = `${oneLine(target)} (${oneLine(facts.protocol)})`;
    this.out.line(`-- ${oneLine(identity)} on ${where}, ${instant(occurredAt)}`, 'dim');
    this.out.line(`-- session ${oneLine(facts.sessionId)}`, 'dim');
  }

  private submitted(event: TranscriptEvent, facts: CommandSubmitted): void {
    const { envelope } = event;
    const bytes = contentOf(event, 'text')[0];
    const text = bytes === undefined ? undefined : decodeText(bytes);
    const heldAt = envelope.contents.find(({ kind }) => kind === 'text')?.heldAtPlusOne ?? 0n;
    this.commands.add(envelope.position, { text: text ?? '', statement: heldAt - 1n });
    if (text !== undefined) this.statement(text);
    else {
      const gone = expiredKinds(event).has('text') ? 'text expired' : `${facts.kind} without text`;
      this.out.prompted(this.prompt('='), oneLine(`[${gone}]`));
    }
    const binds = contentOf(event, 'binds')[0];
    if (binds !== undefined) {
      const charsMax = transcriptLimits.bindLines * this.options.cols;
      const line = bindsLine(binds, this.statements.types(heldAt, facts.statementName), charsMax);
      if (line !== '') this.out.line(`-- ${line}`, 'dim');
    } else if (expiredKinds(event).has('binds')) this.out.line('-- [binds expired]', 'loud');
    if (facts.decision?.effect !== 'allow') this.decided(facts.decision);
  }

  private statement(text: string): void {
    const { statementMax } = transcriptLimits;
    const whole = text.trimEnd();
    const shown = cut(whole, statementMax);
    const { lines } = layOut(shown.replaceAll('\r\n', '\n'));
    for (const [index, line] of lines.entries()) {
      this.out.prompted(this.prompt(index === 0 ? '=' : '-'), line);
    }
    if (shown !== whole) {
      const left = counted(whole.length - shown.length + 1, 'more character');
      this.out.line(`-- … ${left} recorded (limit of the replay view)`, 'dim');
    }
  }

  private prompt(kind: '=' | '-'): string {
    const mark = { idle: '', open: '*', failed: '!' }[this.transaction];
    return `${oneLine(this.options.target)}${kind}${mark}> `;
  }

  private decided(decision: CommandSubmitted['decision']): void {
    if (decision === undefined) return;
    const { effect, rule } = decision;
    const by = rule === '' ? '' : ` by ${oneLine(rule)}`;
    if (effect === 'deny') this.out.line(`-- denied${by}`, 'loud');
    else if (effect === 'hold') this.out.line(`-- held for approval${by}`, 'loud');
    else this.out.line(`-- ${oneLine(effect)}${by}`, 'dim');
  }

  /** What became of a held command. */
  private answeredBy({ decision, outcome, actor, reason }: CommandDecided): void {
    if (outcome === '') {
      this.decided(decision);
      return;
    }
    const by = actor === '' ? '' : ` by ${oneLine(actor)}`;
    const why = reason === '' ? '' : `: ${oneLine(reason)}`;
    this.out.line(
      `-- ${oneLine(outcome)}${by}${why}`,
      decision?.effect === 'allow' ? 'dim' : 'loud',
    );
  }

  private *completed(event: TranscriptEvent, facts: ResponseCompleted): Generator<string> {
    const text = this.answered(facts.command);
    const writer = new ResponseWriter(
      {
        facts,
        output: contentOf(event, 'output'),
        description: contentOf(event, 'description')[0],
        errors: contentOf(event, 'error'),
        notices: contentOf(event, 'notice'),
        expired: expiredKinds(event),
        statement: text,
      },
      this.options,
      this.out,
    );
    yield* writer.render();
    this.transaction = transactionAfter(this.transaction, {
      tags: facts.tags,
      failed: facts.status === 'error',
      text: text ?? '',
    });
  }

  /** Text of what a response answers; shows it again unless it stands right above. */
  private answered(position: bigint): string | undefined {
    const command = this.commands.answered(position);
    if (command.last) return command.text;
    const prepared = this.statements.text(position);
    if (prepared === undefined) {
      const what = cut((command.text ?? '').replace(/\s+/g, ' ').trim(), transcriptLimits.labelMax);
      this.out.line(`-- response to command ${position}: ${oneLine(what)}`, 'dim');
      return command.text;
    }
    // A statement that the target refused to prepare was never shown, unless its command is.
    if (!this.commands.lastRuns(position)) this.statement(prepared);
    return prepared;
  }

  /** Outside of any command the target sends NotificationResponses. */
  private notifications(event: TranscriptEvent): void {
    for (const line of notificationLines(contentOf(event, 'output'))) this.out.line(line, 'dim');
    if (expiredKinds(event).has('output')) this.out.line('[notification expired]', 'loud');
  }

  private closed(facts: SessionClosed): void {
    const { reason, actor, detail, commands, errors } = facts;
    const by = actor === '' ? '' : ` by ${oneLine(actor)}`;
    const why = detail === '' ? '' : ` (${oneLine(detail)})`;
    const totals = `${counted(commands, 'command')}, ${counted(errors, 'error')}`;
    const style = inOrder.has(reason) ? 'dim' : 'loud';
    this.out.line(`-- closed: ${oneLine(reason)}${by}${why}, ${totals}`, style);
  }
}

/** Ends that nobody has to look at. */
const inOrder: ReadonlySet<string> = new Set(['client-closed', 'drained', 'idle-limit']);

function contentOf({ contents }: TranscriptEvent, kind: string): Uint8Array[] {
  return contents.filter((content) => content.kind === kind).map(({ bytes }) => bytes);
}

function expiredKinds(event: TranscriptEvent): ReadonlySet<string> {
  const named = event.envelope.contents.map(({ kind }) => kind);
  return new Set(
    named.filter((kind) => {
      const wanted = named.filter((other) => other === kind).length;
      return contentOf(event, kind).length < wanted;
    }),
  );
}
