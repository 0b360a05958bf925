import { readEventsBefore } from '@steno/event-store';
import type { SessionRow, StoreReader } from '@steno/event-store';
import type { Envelope } from '@steno/proto';
import { tailScreen, transcriptLimits } from '@steno/transcript';
import type { Transcript, TranscriptChunk } from '@steno/transcript';
import { REPLAY_LIMITS } from '../limits.js';
import { decodeEnvelope, loadEvents } from './recorded-events.js';
import { teachStatements, transcriptAt } from './transcript-state.js';

export interface ScreenAt {
  readonly ansi: string;
  /** Goes on behind the screen. */
  readonly transcript: Transcript;
  /** Position at which the transcript began. */
  readonly from: number;
  /** The last event that the screen shows. */
  readonly last: Envelope | undefined;
}

const LINES_WANTED = REPLAY_LIMITS.rows + transcriptLimits.scrollback;

/** The screen that the events before a position leave, from as few of them as make it up. */
export async function screenBefore(
  reader: StoreReader,
  session: SessionRow,
  position: number,
): Promise<ScreenAt> {
  const window = new Window(reader, session.sessionId, position);
  for (;;) {
    await window.widen();
    const { from, envelopes } = window;
    const { transcript } = await transcriptAt(reader, session, from);
    await teachStatements(reader, session.sessionId, { transcript, from, envelopes });
    const chunks: TranscriptChunk[] = [];
    for await (const event of loadEvents(reader, envelopes)) {
      chunks.push(...transcript.render(event));
    }
    if (window.isEnough(linesOf(chunks))) {
      const ansi = tailScreen(chunks, { rows: REPLAY_LIMITS.rows, cols: REPLAY_LIMITS.cols });
      return { ansi, transcript, from, last: envelopes.at(-1) };
    }
  }
}

/** The events before a position that its screen is made of: more of them as lines are wanting. */
class Window {
  envelopes: readonly Envelope[] = [];
  from: number;
  private lines = 0;
  private bytes = 0;

  constructor(
    private readonly reader: StoreReader,
    private readonly sessionId: string,
    position: number,
  ) {
    this.from = position;
  }

  /** True if the window ends here; otherwise it must be widened. */
  isEnough(lines: number): boolean {
    // What was guessed is known now.
    this.lines = lines;
    return this.isFull;
  }

  async widen(): Promise<void> {
    const earlier: Envelope[] = [];
    while (!this.isFull) {
      const { eventsPerRead } = REPLAY_LIMITS;
      const rows = await readEventsBefore(this.reader, this.sessionId, this.from, eventsPerRead);
      if (rows.length === 0) this.from = 0;
      for (const row of rows) {
        if (this.isFull) break;
        const envelope = decodeEnvelope(row);
        earlier.push(envelope);
        this.from = row.position;
        this.account(envelope);
      }
    }
    this.envelopes = [...earlier.reverse(), ...this.envelopes];
    this.events = this.envelopes.length;
  }

  private events = 0;

  private get isFull(): boolean {
    return (
      this.from === 0 ||
      this.lines >= LINES_WANTED ||
      this.bytes >= REPLAY_LIMITS.screenBytes ||
      this.events >= REPLAY_LIMITS.screenEvents
    );
  }

  private account({ facts }: Envelope): void {
    this.events += 1;
    if (facts.case === 'outputCaptured' || facts.case === 'statementPrepared') return;
    this.lines += 1;
    if (facts.case !== 'responseCompleted') return;
    const { rows, outputKept } = facts.value;
    if (outputKept > 0n) this.lines += Math.min(Number(rows), transcriptLimits.rowsMax);
    this.bytes += Math.min(Number(outputKept), REPLAY_LIMITS.outputBytes);
  }
}

function linesOf(chunks: readonly TranscriptChunk[]): number {
  return chunks.reduce((sum, { ansi }) => sum + ansi.split('\r\n').length - 1, 0);
}
