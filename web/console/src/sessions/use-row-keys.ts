import { useRef, type RefObject } from 'react';
import { usePageKeys } from '../ui/page-keys.js';

/** j and k (and the arrows) move the focus from row to row; Enter is the link's own. */
export function useRowKeys(
  count: number,
  scrollTo: (index: number) => void,
  scroller: RefObject<HTMLDivElement | null>,
): void {
  const last = useRef(-1);
  const focus = (index: number): void => {
    if (count === 0) return;
    const target = Math.min(Math.max(0, index), count - 1);
    last.current = target;
    scrollTo(target);
    // The row may be drawn only after the scroll.
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-row="${target}"]`)?.focus();
    });
  };
  const current = (): number => {
    const row = document.activeElement?.getAttribute('data-row');
    return row === null || row === undefined ? last.current : Number(row);
  };
  const next = (): void => focus(current() + 1);
  const previous = (): void => focus(current() - 1);
  usePageKeys({ j: next, ArrowDown: next, k: previous, ArrowUp: previous });
}
