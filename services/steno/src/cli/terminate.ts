import { findApi } from './api-address.js';
import { ApiClient } from './api-client.js';
import { EXIT } from './exit-codes.js';
import { addVerb } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

interface Options extends SharedOptions {
  readonly reason: string;
}

export const defineTerminate: DefineVerb = (program, context, finish) => {
  addVerb(program, 'terminate <session>', 'Ends a running session.')
    .requiredOption('--reason <text>', 'why; it is recorded')
    .action(async (session: string, options: Options) => {
      const client = new ApiClient(findApi(context, options));
      const path = `/api/sessions/${encodeURIComponent(session)}/terminate`;
      await client.post(path, { reason: options.reason });
      if (options.json === true) await context.out.json({ sessionId: session, requested: true });
      else await context.out.line(`The end of session ${session} is requested.`);
      finish(EXIT.done);
    });
};
