import type { EventView, SessionDetailView, SessionView } from '@steno/proto';
import type { RecordedCommand, RecordedSession } from '../../back-test/back-test.js';
import type { ApiClient } from '../api-client.js';

const PAGE_SIZE = 500;

/** What was recorded, as the api gives it. */
export class ApiRecordings {
  constructor(private readonly client: ApiClient) {}

  /** Sessions from a moment on, newest first. */
  async *sessions(from: string | undefined): AsyncGenerator<RecordedSession> {
    const pages = this.client.pages<SessionView>(
      '/api/sessions',
      { from },
      { pageSize: PAGE_SIZE },
    );
    for await (const page of pages) {
      for (const { sessionId } of page) {
        yield recorded(await this.client.get<SessionDetailView>(pathOf(sessionId)));
      }
    }
  }

  async *commands(sessionId: string): AsyncGenerator<readonly RecordedCommand[]> {
    const paging = { pageSize: PAGE_SIZE, cursorName: 'after' };
    const path = `${pathOf(sessionId)}/events`;
    for await (const page of this.client.pages<EventView>(path, {}, paging)) {
      yield page.flatMap(decided);
    }
  }
}

function pathOf(sessionId: string): string {
  return `/api/sessions/${encodeURIComponent(sessionId)}`;
}

function recorded(session: SessionDetailView): RecordedSession {
  const { sessionId, issuer, subject, claims, groups, ...rest } = session;
  const { target, protocol, database, source, clientProgram: program } = rest;
  const identity = { name: session.identity, issuer, subject, claims, groups };
  const openedAt = Date.parse(session.startedAt);
  const encrypted = session.tls !== '';
  return { sessionId, identity, target, protocol, database, source, program, encrypted, openedAt };
}

function decided({ command, position, occurredAt }: EventView): readonly RecordedCommand[] {
  // A Bind was held for its Execute, which comes as well.
  if (command?.decision === undefined || command.kind === 'bind') return [];
  const text = command.kind === 'function-call' ? null : command.text;
  const at = Date.parse(occurredAt);
  return [{ position, text, effect: command.decision.effect, at }];
}
