import { useLayoutEffect, useRef, type RefObject } from 'react';

/**
 * Tells when an element goes while it, or what is in it, has the focus: whoever uses the keyboard
 * is not to begin at the top again. `onGone` must do the same each time.
 */
export function useFocusGone<E extends HTMLElement>(onGone: () => void): RefObject<E | null> {
  const ref = useRef<E>(null);
  useLayoutEffect(() => {
    const element = ref.current;
    return () => {
      if (element?.contains(document.activeElement) === true) onGone();
    };
    // Once, when it goes.
  }, []);
  return ref;
}
