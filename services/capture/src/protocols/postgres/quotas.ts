import type { RowsAllowed } from '@steno/policy';

/** Rows that a command, or several together, may still give. */
export interface Quota {
  readonly allowed: RowsAllowed;
  left: number;
}

/** What may be run in parts that count together. */
interface Sharing {
  quota: Quota | undefined;
}

/** The quotas of one session. */
export class Quotas {
  /** Of all that takes rows from cursors. */
  private shared: Quota | undefined;

  of(allowed: RowsAllowed | undefined, portal: Sharing | undefined): Quota | undefined {
    if (allowed === undefined) return undefined;
    const made = { allowed, left: allowed.rows };
    if (allowed.isShared) {
      this.shared ??= made;
      this.shared.left = Math.min(this.shared.left, allowed.rows);
      return this.shared;
    }
    if (portal === undefined) return made;
    // Its rows may be asked for in parts.
    portal.quota ??= made;
    return portal.quota;
  }
}
