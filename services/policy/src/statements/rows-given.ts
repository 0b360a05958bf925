import type { ColumnName } from '@steno/masking';

/** The columns whose values may be in one that a statement gives, under all of their names. */
export type Origins = readonly ColumnName[];

export interface Column {
  readonly name: string;
  /** 0: not known. */
  readonly typeOid: number;
  readonly origins: Origins;
}

export interface CopiedColumn {
  /** All that it may be called. */
  readonly names: Origins;
  /** Number of its type; 0: not known. */
  readonly typeOid: number;
}

/** How a COPY TO writes its rows (manual, "COPY", File Formats), where it is not in binary. */
export interface CopiedRows {
  /** In order; undefined: they cannot be told. */
  readonly columns: readonly CopiedColumn[] | undefined;
  readonly delimiter: string;
  readonly nullText: string;
  /** Of CSV; undefined: values are escaped by backslashes. */
  readonly quote: string | undefined;
  readonly escape: string;
  readonly hasHeader: boolean;
}
