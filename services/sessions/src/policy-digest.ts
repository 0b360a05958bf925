import { createHash } from 'node:crypto';

interface NamedText {
  readonly name: string;
  readonly text: string;
}

/** SHA-256 over names and texts, each with its length before it. */
export function policyDigest(files: readonly NamedText[]): Buffer {
  const hash = createHash('sha256');
  for (const part of files.flatMap(({ name, text }) => [name, text])) {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  }
  return hash.digest();
}
