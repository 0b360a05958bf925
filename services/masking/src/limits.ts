/** Every limit of this package, in UTF-16 units unless the name says otherwise. */
export const maskingLimits = {
  /** A value that is longer may be found in part only. */
  valueLength: 64 * 1024,
  /** What stands before a value and may say what it is: a name, a header, a word. */
  contextLength: 1024,
  /** JSON in strings of JSON in …, a count. */
  nestedJson: 4,
  /** Objects and arrays within each other, a count; what is deeper is searched as plain text. */
  jsonDepth: 512,
  /** A name of a column, key, header or flag. */
  nameLength: 64,
  /** Names whose meaning is remembered, a count. */
  rememberedNames: 4096,
} as const;
