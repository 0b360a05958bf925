import { transcriptLimits } from './limits.js';
import { decodeText } from './printable.js';

/** The statements prepared last, by position and by name. */
export class RecentStatements {
  private readonly texts = new Map<bigint, string>();
  private readonly byPosition = new Map<bigint, readonly number[]>();
  private readonly byName = new Map<string, readonly number[]>();

  add(
    position: bigint,
    statement: { readonly name: string; readonly parameterTypes: readonly number[] },
    text: Uint8Array | undefined,
  ): void {
    const { preparedMax, preparedTexts, pendingText } = transcriptLimits;
    remember(this.byPosition, position, statement.parameterTypes, preparedMax);
    remember(this.byName, statement.name, statement.parameterTypes, preparedMax);
    if (text === undefined) return;
    remember(this.texts, position, decodeText(text, pendingText), preparedTexts);
  }

  text(position: bigint): string | undefined {
    return this.texts.get(position);
  }

  /** Of the statement whose text is held at a position (plus one, 0: unknown), else by its name. */
  types(heldAtPlusOne: bigint, name: string): readonly number[] {
    return this.byPosition.get(heldAtPlusOne - 1n) ?? this.byName.get(name) ?? [];
  }
}

/** Texts of the commands that wait for their response. */
export class RecentCommands {
  private readonly texts = new Map<bigint, string>();
  private last = -1n;
  private lastStatement = -1n;

  /** `statement`: position of the prepared statement that it runs, -1: none or not known. */
  add(position: bigint, { text, statement }: { text: string; statement: bigint }): void {
    const { pendingMax, pendingText } = transcriptLimits;
    this.last = position;
    this.lastStatement = statement;
    remember(this.texts, position, text.slice(0, pendingText), pendingMax);
  }

  /** Whether the command submitted last runs the statement prepared at this position. */
  lastRuns(statement: bigint): boolean {
    return this.lastStatement === statement;
  }

  /** `last`: nothing was submitted after it, so its response stands right below it. */
  answered(position: bigint): { readonly text: string | undefined; readonly last: boolean } {
    const text = this.texts.get(position);
    this.texts.delete(position);
    return { text, last: position === this.last };
  }
}

/** The oldest goes when the map is full. */
function remember<K, V>(map: Map<K, V>, key: K, value: V, max: number): void {
  map.delete(key);
  map.set(key, value);
  const oldest = map.keys().next();
  if (map.size > max && oldest.done !== true) map.delete(oldest.value);
}
