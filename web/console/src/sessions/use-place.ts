import { useEffect, type RefObject } from 'react';
import { rememberPlace } from './last-place.js';
import type { SessionsSearch } from './search.js';

/** Remembers where the list is left. */
export function usePlace(scroller: RefObject<HTMLDivElement | null>, search: SessionsSearch): void {
  useEffect(() => {
    const element = scroller.current;
    const remember = (): void => rememberPlace({ search, scrollTop: element?.scrollTop ?? 0 });
    remember();
    element?.addEventListener('scroll', remember, { passive: true });
    return () => element?.removeEventListener('scroll', remember);
  }, [scroller, search]);
}
