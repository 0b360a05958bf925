import { characterKeys } from '@steno/player';
import { useLayoutEffect, useRef } from 'react';

const editable = 'input, textarea, select, [contenteditable="true"], [role="textbox"]';
const modal = 'dialog[open], [aria-modal="true"], [role="menu"], [role="dialog"]';

/** Keys of a page, while nobody writes and no dialog is open. */
export function usePageKeys(keys: Readonly<Record<string, () => void>>): void {
  const latest = useRef(keys);
  // Before the page is painted: whoever sees it may press its keys.
  useLayoutEffect(() => {
    latest.current = keys;
  });
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      const { target, key } = event;
      if (target instanceof Element) {
        if (target.closest(editable) !== null || target.closest(modal) !== null) return;
      }
      if (key.length === 1 && !characterKeys.get()) return;
      const action = Object.hasOwn(latest.current, key) ? latest.current[key] : undefined;
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
}
