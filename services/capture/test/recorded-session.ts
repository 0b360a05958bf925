import { expect } from 'vitest';
import { RawClient } from './raw-client.js';
import { brokenCommitments } from './record.js';
import type { SessionRecord } from './record.js';
import type { Rig } from './rig.js';

/** A raw client under an identity of its own, and in the end what was recorded of it. */
export class RecordedSession {
  private static count = 0;

  private constructor(
    readonly rig: Rig,
    readonly identity: string,
    readonly client: RawClient,
  ) {}

  static async begin(rig: Rig, database = 'shop'): Promise<RecordedSession> {
    RecordedSession.count += 1;
    const identity = `ci/session-${RecordedSession.count}`;
    const client = await RawClient.login(await rig.login(identity, database));
    return new RecordedSession(rig, identity, client);
  }

  /** Leaves as clients should. */
  async finish(): Promise<SessionRecord> {
    this.client.close();
    const record = await this.record();
    expect(record.closed.reason).toBe('client-closed');
    return record;
  }

  /** Once the session is closed; its commitments must hold, and its end must name itself. */
  async record(): Promise<SessionRecord> {
    const record = await this.rig.session(this.identity);
    expect(brokenCommitments(record, this.rig.installation.key)).toEqual([]);
    expect(Number(record.closed.finalPosition)).toBe(record.events.length - 1);
    return record;
  }
}
