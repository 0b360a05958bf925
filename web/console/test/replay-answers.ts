import { create, fromBinary, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import { ReplayFrameSchema, ReplayRequestSchema, type Seek } from '@steno/proto';
import type { Piece, Recording } from './recording.js';

type Frame = NonNullable<MessageInitShape<typeof ReplayFrameSchema>['frame']>;

/** Answers the requests of one connection, as replay.proto says. */
export class ReplayAnswers {
  #seek: Seek | undefined;
  #told = -1;

  constructor(
    private readonly recording: Recording,
    private readonly send: (bytes: Uint8Array) => void,
  ) {}

  receive(bytes: Uint8Array): void {
    const { seek } = fromBinary(ReplayRequestSchema, bytes);
    if (seek === undefined) return;
    this.#seek = seek;
    const { pieces } = this.recording;
    const isBefore = (piece: Piece): boolean =>
      seek.at.case === 'position'
        ? piece.position <= Number(seek.at.value)
        : piece.t <= Number(seek.at.value ?? 0n);
    const shown = pieces.filter(isBefore);
    const last = shown.at(-1);
    this.#told = last?.position ?? -1;
    const t = seek.at.case === 't' ? seek.at.value : BigInt(last?.t ?? 0);
    if (!seek.withoutScreen) {
      const ansi = encode(shown.map((piece) => piece.ansi).join(''));
      this.#frame(seek, {
        case: 'screen',
        value: { t, cols: 120, rows: 36, ansi, position: BigInt(Math.max(0, this.#told)) },
      });
    }
    const until = Number(seek.until);
    this.#tell(seek, (piece) => piece.t <= until);
    if (!seek.follow) this.#end(seek, seek.until, 'range');
    else if (this.recording.endNs !== null) this.#end(seek, BigInt(this.recording.endNs), 'closed');
  }

  /** To one who follows: what was recorded since. */
  tellNew(): void {
    const seek = this.#seek;
    if (seek?.follow !== true) return;
    this.#tell(seek, () => true);
    if (this.recording.endNs !== null) this.#end(seek, BigInt(this.recording.endNs), 'closed');
  }

  #tell(seek: Seek, isWanted: (piece: Piece) => boolean): void {
    for (const piece of this.recording.pieces) {
      if (piece.position <= this.#told || !isWanted(piece)) continue;
      this.#told = piece.position;
      this.#frame(seek, {
        case: 'chunk',
        value: { t: BigInt(piece.t), position: BigInt(piece.position), ansi: encode(piece.ansi) },
      });
    }
  }

  #end(seek: Seek, t: bigint, reason: string): void {
    const position = BigInt(Math.max(0, this.#told));
    this.#frame(seek, { case: 'end', value: { t, position, reason } });
  }

  #frame({ request }: Seek, frame: Frame): void {
    this.send(toBinary(ReplayFrameSchema, create(ReplayFrameSchema, { request, frame })));
  }
}

const encode = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);
