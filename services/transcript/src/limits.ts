/** Every limit of the rendered transcript, in characters (code points) unless the name says. */
export const transcriptLimits = {
  /** Columns of the screen that transcripts are made for. Longer lines wrap. */
  cols: 120,
  /** Of one cell, then `…`. */
  cellMax: 200,
  /** Rows shown of one response. */
  rowsMax: 5_000,
  /** Rows aligned together, as psql does with FETCH_COUNT. */
  batchRows: 1_000,
  /** A batch ends early where its lines would exceed this together: bounds very wide tables. */
  batchChars: 1_048_576,
  /** Shown of one response; what exceeds it is told as a number of rows. */
  responseChars: 4_194_304,
  /** Columns shown of one result; Postgres itself allows 1,664. */
  columnsMax: 1_664,
  /** Of the text of one command. */
  statementMax: 20_000,
  /** Of one line of COPY output, of one error or notice field. */
  lineMax: 2_000,
  /** Notices shown of one response, a count. */
  noticesMax: 100,
  /** Of one bind value on the line below its statement. */
  bindMax: 40,
  /** Of a statement that is named again where its response comes late. */
  labelMax: 60,
  /** Of the text of a command that waits for its response, kept for what an error points at. */
  pendingText: 65_536,
  /** Lines of bind values below a statement. */
  bindLines: 5,
  /** Prepared statements whose parameter types are remembered, a count. */
  preparedMax: 1_000,
  /** Of those, how many are remembered with their text: a refused one is shown with its error. */
  preparedTexts: 100,
  /** Commands without a response yet that are remembered, a count. */
  pendingMax: 1_000,
  /** Arrays, records and ranges within each other. */
  nestingMax: 8,
  /** Lines that a screen keeps above the visible ones. */
  scrollback: 2_000,
} as const;
