/** A stretch of a text: shown as it is, or written out because it would not be seen as itself. */
export interface Piece {
  readonly text: string;
  readonly isWrittenOut: boolean;
}

/*
 * What a browser shows as nothing, as a space that is none, or what turns the order of its
 * neighbours; and marks that pile up on one letter until they cover others. Written out as psql
 * does, and as the transcript is. It is NOT a detector of letters that look alike.
 */
const unseen = /(?![\n\t ])[\p{C}\p{Z}\p{DI}]|(?<=\p{M}{4})\p{M}/gu;
const unseenOnOneLine = /(?! )[\p{C}\p{Z}\p{DI}]|(?<=\p{M}{4})\p{M}/gu;

/** Each is an element; a hostile text may have very many. */
const mostMarked = 2000;

/** A text without anything in it that acts: what cannot be seen is written out. */
export function inertPieces(text: string, isOneLine = false): readonly Piece[] {
  const pieces: Piece[] = [];
  let shownTo = 0;
  for (const { 0: character, index } of text.matchAll(isOneLine ? unseenOnOneLine : unseen)) {
    const isMarked = pieces.length < mostMarked;
    append(pieces, { text: text.slice(shownTo, index), isWrittenOut: false });
    append(pieces, { text: writtenOut(character), isWrittenOut: isMarked });
    shownTo = index + character.length;
  }
  append(pieces, { text: text.slice(shownTo), isWrittenOut: false });
  return pieces;
}

/** How many characters are written out; those that only end a line of Windows do not count. */
export const countUnseen = (text: string): number =>
  [...text.replaceAll('\r\n', '\n').matchAll(unseen)].length;

function append(pieces: Piece[], piece: Piece): void {
  if (piece.text === '') return;
  const last = pieces.at(-1);
  if (last?.isWrittenOut !== piece.isWrittenOut) pieces.push(piece);
  else pieces[pieces.length - 1] = { ...last, text: last.text + piece.text };
}

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function writtenOut(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = (digits: number): string => code.toString(16).toUpperCase().padStart(digits, '0');
  if (code < 0x80) return short[character] ?? `\\x${hex(2)}`;
  return code > 0xffff ? `\\U${hex(8)}` : `\\u${hex(4)}`;
}
