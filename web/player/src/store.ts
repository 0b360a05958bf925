/** A value that is watched. Listeners hear of it after it changed, in the order they came. */
export class Store<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(initial: T) {
    this.#value = initial;
  }

  readonly get = (): T => this.#value;

  set(value: T): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const listener of this.#listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}

/** Sets what differs; the value stays the same object where nothing does. */
export function patch<T extends object>(store: Store<T>, changes: Partial<T>): void {
  const value = store.get();
  const keys = Object.keys(changes) as (keyof T)[];
  if (keys.some((key) => !Object.is(value[key], changes[key]))) store.set({ ...value, ...changes });
}
