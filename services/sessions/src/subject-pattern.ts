/** Whether a subject fits a pattern, in which `*` stands for any characters, none among them. */
export function fitsPattern(pattern: string, subject: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return pattern === subject;
  if (subject.length < first.length + last.length) return false;
  if (!subject.startsWith(first) || !subject.endsWith(last)) return false;
  // The earliest place of each leaves the most room for the next.
  let from = first.length;
  const end = subject.length - last.length;
  for (const piece of rest) {
    const at = subject.indexOf(piece, from);
    if (at === -1 || at + piece.length > end) return false;
    from = at + piece.length;
  }
  return true;
}
