import type { Topic } from '@steno/proto';
import type { EncodedBatch } from '@steno/sessions';
import { shareAlone } from '../port.js';
import type {
  EventLog,
  LogCheckpoint,
  LogEntry,
  PartitionConsumer,
  UnfinishedStream,
} from '../port.js';
import { EmbeddedLog } from './embedded-log.js';
import { LogSocketClient, LogSocketServer } from './log-socket.js';
import { checkShared } from './stream-guard.js';

/**
 * The embedded log as the processes beside its owner see it: they read it themselves and append
 * through the owner.
 */
export class SharedEmbeddedLog implements EventLog {
  private readonly reader: EmbeddedLog;
  private readonly client: LogSocketClient;

  constructor(options: { readonly directory: string; readonly socketPath: string }) {
    this.reader = new EmbeddedLog({ directory: options.directory, readOnly: true });
    this.client = new LogSocketClient(options.socketPath);
  }

  append(topic: Topic, batch: EncodedBatch): Promise<void> {
    return this.client.append(topic, batch);
  }

  read(
    topic: Topic,
    from: { readonly partition: number; readonly offset: number },
    bytesMax: number,
  ): Promise<readonly LogEntry[]> {
    return this.reader.read(topic, from, bytesMax);
  }

  subscribe(
    topic: Topic,
    from: LogCheckpoint,
    handler: (entries: readonly LogEntry[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    return this.reader.subscribe(topic, from, handler, signal);
  }

  share(
    topic: Topic,
    _group: string,
    consumer: PartitionConsumer,
    signal: AbortSignal,
  ): Promise<void> {
    return shareAlone(this, topic, consumer, signal);
  }

  end(topic: Topic): Promise<LogCheckpoint> {
    return this.reader.end(topic);
  }

  unfinished(): Promise<readonly UnfinishedStream[]> {
    return this.reader.unfinished();
  }

  async close(): Promise<void> {
    this.client.close();
    await this.reader.close();
  }
}

/** Lets the other processes append to a log that this process owns. */
export async function serveEmbeddedLog(
  log: EmbeddedLog,
  socketPath: string,
): Promise<LogSocketServer> {
  let turn = Promise.resolve();
  const server = new LogSocketServer(socketPath, (topic, bytes) => {
    const append = turn.then(async () => {
      const { repeated, heads } = checkShared(bytes, (stream) => log.sharedHead(stream));
      if (!repeated) await log.appendShared(topic, bytes, heads);
    });
    turn = append.catch(() => undefined); // its sender is told; the next one starts afresh
    return append;
  });
  await server.listen();
  return server;
}
