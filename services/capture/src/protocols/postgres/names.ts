/** What a name stands for; more than one only while the target has not said whether it agreed. */
export type Candidates<T> = readonly T[];

/**
 * One Parse, Bind or Close of a client: what a name stands for from here on, if the target agrees.
 * Of a Close `value` is undefined.
 */
export class Naming<T> {
  state: 'asked' | 'held' | 'void' = 'asked';
  /** What stands if this turns out void. */
  previous: Naming<T> | undefined;

  constructor(
    private readonly names: Names<T>,
    readonly kind: 'parse' | 'bind' | 'close',
    readonly name: string,
    readonly group: number,
    readonly value: T | undefined,
  ) {}

  /** The target agreed. */
  hold(): void {
    this.state = 'held';
    this.previous = undefined;
    this.names.settled(this);
  }

  /** The target refused it (`tried`), or passed over it after an earlier error. */
  drop(tried: boolean): void {
    this.state = 'void';
    // The empty name is free for the next one, whether or not that one comes to be.
    if (tried && this.name === '') this.previous = undefined;
    this.names.settled(this);
  }
}

/**
 * The names that a client gives to statements or portals. A client may send more before it has
 * read an answer, and the target may refuse a name or pass over a Close: which text an Execute
 * runs is therefore decided by what the target answered, never by what the client asked last.
 */
export class Names<T> {
  private readonly latest = new Map<string, Naming<T>>();

  get size(): number {
    return this.latest.size;
  }

  has(name: string): boolean {
    return this.latest.has(name);
  }

  /** `group`: how many Syncs came before; after an error all of a group is passed over. */
  ask(
    kind: 'parse' | 'bind' | 'close',
    name: string,
    of: { readonly group: number; readonly value: T | undefined },
  ): Naming<T> {
    const naming = new Naming(this, kind, name, of.group, of.value);
    naming.previous = this.latest.get(name);
    this.latest.set(name, naming);
    return naming;
  }

  /** What a message of this group means by the name; the last that was asked for comes first. */
  candidates(name: string, group: number): Candidates<T> {
    const found: T[] = [];
    for (let at = this.latest.get(name); at !== undefined; at = at.previous) {
      if (at.state === 'void') continue;
      if (at.value !== undefined) found.push(at.value);
      // What comes in the same group as its name runs only if the target took the name.
      if (at.state === 'held' || at.group === group) break;
    }
    return found;
  }

  settled(naming: Naming<T>): void {
    if (this.latest.get(naming.name) !== naming) return;
    let stands: Naming<T> | undefined = naming;
    while (stands?.state === 'void') stands = stands.previous;
    if (stands === undefined || (stands.state === 'held' && stands.value === undefined)) {
      this.latest.delete(naming.name);
    } else if (stands !== naming) this.latest.set(naming.name, stands);
  }

  /** The target freed the name without a Close. */
  forget(name: string): void {
    this.latest.delete(name);
  }

  forgetAll(): void {
    if (this.latest.size > 0) this.latest.clear();
  }

  /** All that a name may still stand for. */
  *values(): Iterable<T> {
    for (const naming of this.latest.values()) {
      for (let at: Naming<T> | undefined = naming; at !== undefined; at = at.previous) {
        if (at.value !== undefined) yield at.value;
      }
    }
  }
}
