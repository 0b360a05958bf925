/** Settings of the target's session, by name. */
export type SessionSettings = ReadonlyMap<string, string>;

const FORM = '@session("name=value"), with a space between several';
const PAIR = /^([a-z_][a-z0-9_.]{0,62})=([^\s=]{1,200})$/;

/** What sets the same by another name, for one transaction. */
const ALSO: Readonly<Record<string, readonly string[]>> = {
  default_transaction_read_only: ['transaction_read_only'],
  default_transaction_isolation: ['transaction_isolation'],
  default_transaction_deferrable: ['transaction_deferrable'],
};

/** Reads the text of a `@session`; or says what is wrong with it. */
export function readSessionSettings(text: string): SessionSettings | { readonly problem: string } {
  const settings = new Map<string, string>();
  for (const part of text.split(/\s+/).filter((each) => each !== '')) {
    const [, name, value] = PAIR.exec(part) ?? [];
    if (name === undefined || value === undefined) {
      return { problem: `${part} is not part of ${FORM}` };
    }
    if (settings.has(name)) return { problem: `${name} is there twice` };
    settings.set(name, value);
  }
  if (settings.size === 0) return { problem: `it is empty; the form is ${FORM}` };
  return settings;
}

/** All of both; undefined where they disagree. */
export function joined(one: SessionSettings, other: SessionSettings): SessionSettings | undefined {
  for (const [name, value] of other) {
    if ((one.get(name) ?? value) !== value) return undefined;
  }
  return new Map([...one, ...other]);
}

/** Names of settings that a session may not change, with what sets the same. */
export function heldNames(settings: SessionSettings): ReadonlySet<string> {
  return new Set([...settings.keys()].flatMap((name) => [name, ...(ALSO[name] ?? [])]));
}
