/** The longest that people's request waits for an estimate. */
export const ESTIMATE_MS = 1_500;

/** Rows that a held command would reach or give, as the target guesses; or why nobody knows. */
export type Estimate = { readonly rows: bigint } | { readonly why: string };

/** A command as its target can be asked about it. */
export interface Estimable {
  /** Of its one statement; undefined: there is none that could be asked about. */
  readonly text: Buffer | undefined;
  /** Of its parameters, as far as the client said; 0: the target finds out. */
  readonly types: readonly number[];
  /** As a Bind has them: formats, then values. */
  readonly values?: Buffer | undefined;
}
