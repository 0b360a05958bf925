export interface SchemaTarget {
  readonly database: string;
  /** Of the tables' names: empty, or what a rebuild fills beside them. */
  readonly suffix: string;
  /** Whose servers hold the tables; undefined: one server does. */
  readonly cluster?: string | undefined;
}
