import { isAscii, isUtf8 } from 'node:buffer';

/**
 * Texts that mean here what they mean to the target, by their encoding: each has ASCII wherever its
 * bytes are. In LATIN1 other bytes are other characters, so names would lead elsewhere.
 */
const READABLE: Readonly<Record<string, (text: Buffer) => boolean>> = {
  UTF8: isUtf8,
  SQL_ASCII: isUtf8,
  LATIN1: isAscii,
};
const STRINGS = 'standard_conforming_strings';
const ENCODING = 'client_encoding';

/** Which texts a target reads as they are read here, by what it says of its session. */
export class TextReading {
  private strings: string | undefined;
  private encoding: string | undefined;

  /** As the session begins. */
  constructor(parameters: ReadonlyMap<string, string>) {
    this.strings = parameters.get(STRINGS);
    this.encoding = parameters.get(ENCODING);
  }

  /** The target reports a setting, whoever changed it. */
  reported(name: string, value: string): void {
    if (name === STRINGS) this.strings = value;
    if (name === ENCODING) this.encoding = value;
  }

  isReadable(text: Buffer): boolean {
    if (this.strings !== 'on') return false;
    return READABLE[this.encoding ?? '']?.(text) ?? false;
  }
}
