import { useEffect, useRef } from 'react';
import { actionOf, isCharacterKey, type KeyActions } from './keymap.js';
import type { ReplayController } from './replay-controller.js';
import { Store } from './store.js';

const storageKey = 'steno.characterKeys';

/** Whether keys of one character do something; remembered by this browser. */
export const characterKeys = new Store(readSetting());

function readSetting(): boolean {
  try {
    return localStorage.getItem(storageKey) !== 'off';
  } catch {
    // A page without storage has them on.
    return true;
  }
}

export function setCharacterKeys(on: boolean): void {
  characterKeys.set(on);
  try {
    localStorage.setItem(storageKey, on ? 'on' : 'off');
  } catch {
    // Then it holds for this page alone.
  }
}

const editable = 'input, textarea, select, [contenteditable="true"], [role="textbox"]';
const takesSpace = 'button, a, summary, [role="button"], [role="menuitem"], [role="switch"]';
const takesArrows = '[role="slider"], [role="menu"], [role="listbox"], [role="tab"]';
const modal = 'dialog[open], [aria-modal="true"], [role="menu"]';

/** Whether a key belongs to what has the focus. */
function isTaken(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest(editable) !== null || target.closest(modal) !== null) return true;
  if (key === ' ') return target.closest(takesSpace) !== null;
  return key.startsWith('Arrow') && target.closest(takesArrows) !== null;
}

/** The player's keys, wherever on the page the focus is. */
export function useReplayKeys(controller: ReplayController, actions: KeyActions): void {
  const latest = useRef(actions);
  useEffect(() => {
    latest.current = actions;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (isTaken(event.target, event.key)) return;
      if (isCharacterKey(event.key) && !characterKeys.get()) return;
      const press = { key: event.key, shift: event.shiftKey };
      const action = actionOf(press, controller, latest.current);
      if (action === undefined) return;
      event.preventDefault();
      action();
    };
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, [controller]);
}
