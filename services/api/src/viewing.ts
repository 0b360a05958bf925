import { Inject, Injectable } from '@nestjs/common';
import { readSession } from '@steno/event-store';
import type { SessionRow, StoreReader } from '@steno/event-store';
import { AccessLog } from './access-log.js';
import type { Asking } from './asking.js';
import { ApiProblem } from './errors.js';
import type { AccessAction, AccessObject } from './options.js';
import { Gatekeeper, sourceOf } from './people/gatekeeper.js';
import { READER } from './tokens.js';

export interface View {
  readonly action: AccessAction;
  readonly object: AccessObject;
  readonly objectId?: string;
  readonly query?: string;
}

/** The way to what was recorded: who looks is written down before they are shown anything. */
@Injectable()
export class Viewing {
  constructor(
    @Inject(READER) private readonly reader: StoreReader,
    private readonly accessLog: AccessLog,
    private readonly gatekeeper: Gatekeeper,
  ) {}

  /** A reader for one view. Throws ApiProblem where the log does not take the event. */
  async begin({ request, signal }: Asking, view: View): Promise<StoreReader> {
    const person = this.gatekeeper.personOf(request);
    if (person === undefined) throw new ApiProblem('notSignedIn');
    await this.accessLog.record({
      type: 'access.viewed',
      actor: person.actor,
      action: view.action,
      object: view.object,
      objectId: view.objectId ?? '',
      query: view.query ?? '',
      source: sourceOf(request),
    });
    return { ...this.reader, signal };
  }

  /** A reader and the session that is viewed. Throws ApiProblem where there is none. */
  async session(
    asking: Asking,
    sessionId: string,
    view: Pick<View, 'action' | 'query'>,
  ): Promise<{ reader: StoreReader; session: SessionRow }> {
    const objectId = sessionId.slice(0, SESSION_ID_CHARACTERS);
    const reader = await this.begin(asking, { object: 'session', objectId, ...view });
    const session = await readSession(reader, sessionId);
    if (session === undefined) throw new ApiProblem('unknownSession');
    return { reader, session };
  }
}

const SESSION_ID_CHARACTERS = 64;
