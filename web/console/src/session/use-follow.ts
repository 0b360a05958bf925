import { useCallback, useEffect, useState, type RefObject } from 'react';

/** Whether a list keeps up with the replay: until the reader scrolls it. */
export function useFollow(
  scroller: RefObject<HTMLElement | null>,
): readonly [boolean, (follow: boolean) => void] {
  const [follow, setFollow] = useState(true);
  const leave = useCallback(() => setFollow(false), []);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    // What only a reader does; the list's own scrolling makes none of these.
    const signs = ['wheel', 'touchmove'] as const;
    for (const sign of signs) element.addEventListener(sign, leave, { passive: true });
    const onBar = (event: PointerEvent): void => {
      if (event.target === element) leave();
    };
    element.addEventListener('pointerdown', onBar);
    return () => {
      for (const sign of signs) element.removeEventListener(sign, leave);
      element.removeEventListener('pointerdown', onBar);
    };
  }, [scroller, leave]);
  return [follow, setFollow];
}
