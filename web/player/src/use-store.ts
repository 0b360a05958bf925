import { useSyncExternalStore } from 'react';
import type { Store } from './store.js';

/** The store's value; renders again when it changes. */
export const useStore = <T>(store: Store<T>): T =>
  useSyncExternalStore(store.subscribe, store.get, store.get);

/**
 * What the selector makes of the value; renders again when that changes. It must give something
 * that Object.is can compare.
 */
export function useSelected<T, S extends string | number | boolean | null | undefined>(
  store: Store<T>,
  select: (value: T) => S,
): S {
  const read = (): S => select(store.get());
  return useSyncExternalStore(store.subscribe, read, read);
}
