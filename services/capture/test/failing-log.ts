import { LogUnavailable } from '@steno/event-log';
import { MemoryLog } from '@steno/event-log/memory';
import type { Topic } from '@steno/proto';
import type { EncodedBatch } from '@steno/sessions';

/** A log that can be told to take nothing more of one topic for a while. */
export class FailingLog extends MemoryLog {
  failing = false;
  failingTopic: Topic = 'data';
  /** Appends that it refused. */
  refused = 0;

  override append(topic: Topic, batch: EncodedBatch): Promise<void> {
    if (!this.failing || topic !== this.failingTopic) return super.append(topic, batch);
    this.refused += 1;
    return Promise.reject(new LogUnavailable('the disk is full'));
  }
}
