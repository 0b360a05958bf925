import { useQueryClient } from '@tanstack/react-query';
import { post } from '../api/client.js';
import { meQuery } from '../api/queries.js';
import { announce } from '../ui/toast.js';
import type { Verb } from './steps.js';

/** Says something of an identity, and shows what follows from it. Rejects where it was refused. */
export function useSaying(name: string): (verb: Verb, body: object, done: string) => Promise<void> {
  const queries = useQueryClient();
  return async (verb, body, done) => {
    try {
      await post(`/identities/${encodeURIComponent(name)}/${verb}`, body);
      announce(done);
    } finally {
      // Also after a failure: somebody was quicker, or one has not the role any more.
      void queries.invalidateQueries({ queryKey: ['identities'] });
      void queries.invalidateQueries({ queryKey: meQuery.queryKey });
    }
    await queries.invalidateQueries({ queryKey: ['identity', name] });
  };
}
