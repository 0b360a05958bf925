import type { Duplex } from 'node:stream';

/**
 * Bytes of a connection as they come, for the start of a session where one side waits for the
 * other. It holds what was not taken, at most `bytesMax`, and hands the rest over to whoever goes
 * on.
 */
export class ByteSource {
  buffer: Buffer = Buffer.alloc(0);
  private ended = false;
  private wake: (() => void) | undefined;

  constructor(
    private readonly socket: Duplex,
    private readonly bytesMax: number,
  ) {
    socket.on('data', this.onData);
    socket.on('end', this.onEnd);
    socket.on('close', this.onEnd);
    socket.on('error', this.onEnd);
  }

  /** Waits for more bytes; false when there will be none, or too many were sent unasked. */
  async more(): Promise<boolean> {
    const before = this.buffer.length;
    if (this.ended || before > this.bytesMax) return false;
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    return this.buffer.length > before;
  }

  take(bytes: number): Buffer {
    const taken = this.buffer.subarray(0, bytes);
    this.buffer = this.buffer.subarray(bytes);
    return taken;
  }

  /** Lets go of the connection, paused; returns what nobody took. */
  detach(): Buffer {
    this.socket.pause();
    this.socket.off('data', this.onData);
    this.socket.off('end', this.onEnd);
    this.socket.off('close', this.onEnd);
    this.socket.off('error', this.onEnd);
    return this.buffer;
  }

  private readonly onData = (chunk: Buffer): void => {
    this.buffer = this.buffer.length === 0 ? chunk : Buffer.concat([this.buffer, chunk]);
    if (this.buffer.length > this.bytesMax) this.socket.pause();
    this.wake?.();
  };

  private readonly onEnd = (): void => {
    this.ended = true;
    this.wake?.();
  };
}
