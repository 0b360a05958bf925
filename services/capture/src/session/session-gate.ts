import type { ColumnName } from '@steno/masking';
import { StatementText, originsAt } from '@steno/policy';
import type {
  Catalog,
  Decision,
  ExecutedNames,
  Given,
  Hold,
  MaskTerms,
  Naming,
  SessionRuler,
} from '@steno/policy';
import type { Estimable, Estimate } from '../approvals/estimate.js';
import type { Maskings } from '../masking/masking.js';
import type { SessionApprovals } from '../approvals/session-approvals.js';

/** Longer texts are not read for policies. */
export const RULED_TEXT_BYTES = 128 * 1024;

export interface SessionGateParts {
  readonly ruler: SessionRuler;
  readonly sources: { readonly catalog: Catalog; settled(): void };
  readonly reading: {
    /** The target reads a text as it is read here; else it is not known. */
    isReadable(text: Buffer): boolean;
    /** The target reports a setting of the session. */
    reported(name: string, value: string): void;
  };
  readonly approvals: SessionApprovals;
  readonly maskings: Maskings;
  /** Never rejects. */
  readonly estimate: (asked: Estimable, hold: Hold) => Promise<Estimate>;
}

/** Rules on the commands of one session. The same for all protocols: it is given texts. */
export class SessionGate {
  readonly approvals: SessionApprovals;
  readonly maskings: Maskings;

  constructor(private readonly of: SessionGateParts) {
    this.approvals = of.approvals;
    this.maskings = of.maskings;
  }

  /** Some commands may have to wait for people. */
  get mayHold(): boolean {
    return this.of.ruler.mayHold;
  }

  /** Some rule limits the rows that it gives. */
  get mayLimit(): boolean {
    return this.of.ruler.mayLimit;
  }

  /** Some rule masks what the target says. */
  get mayMask(): boolean {
    return this.of.ruler.mayMask;
  }

  /** All that was to be masked in the session so far. */
  get mask(): MaskTerms | undefined {
    return this.of.ruler.mask;
  }

  /** The column that the target gives these numbers, by all of its names; none if not known. */
  readonly columnAt = (tableOid: number, columnNumber: number): readonly ColumnName[] => {
    const { catalog } = this.of.sources;
    const relation = catalog.relationAt(tableOid);
    return relation === undefined ? [] : originsAt(relation, columnNumber, catalog);
  };

  /** All columns of the tables that a statement names, functions and views looked into. */
  readonly columnsOf = ({ accesses }: Given): readonly ColumnName[] =>
    accesses.flatMap(({ object, schema, name }) => {
      if (object !== 'table' || schema === undefined) return [];
      const { catalog } = this.of.sources;
      const relation = catalog.relation(schema, name);
      return relation?.columns.flatMap((_, at) => originsAt(relation, at + 1, catalog)) ?? [];
    });

  /** `texts`: of all statements that a command may run; undefined for one that nobody knows. */
  rule(texts: () => readonly (StatementText | undefined)[], naming?: Naming): Decision {
    return this.of.ruler.rule(texts, naming);
  }

  /** A text as the target reads it by now; undefined where it is not known, or too long. */
  read(bytes: Buffer | undefined): StatementText | undefined {
    if (bytes === undefined || bytes.length > RULED_TEXT_BYTES) return undefined;
    if (!this.of.reading.isReadable(bytes)) return undefined;
    return new StatementText(bytes.toString('utf8'));
  }

  /** The same for what is executed by names, which may have been given anew. */
  ofNames(decision: Decision, names: ExecutedNames): Decision {
    return this.of.ruler.ofNames(decision, names);
  }

  /** How many rows the target thinks that a held command would reach. */
  estimate(asked: Estimable, hold: Hold): Promise<Estimate> {
    const { text } = asked;
    const isReadable = text !== undefined && this.of.reading.isReadable(text);
    return this.of.estimate(isReadable ? asked : { ...asked, text: undefined }, hold);
  }

  /** Whether something may be prepared under the name that no message of the protocol has given. */
  mayBePrepared(name: string): boolean {
    return this.of.ruler.mayBePrepared(name);
  }

  /** Whether values of these types of the target run nothing that policies do not see. */
  seesTypes(types: readonly number[]): boolean {
    return this.of.ruler.seesTypes(types);
  }

  /** The target reports a setting of the session, by which texts may mean something else. */
  reported(name: string, value: string): void {
    this.of.reading.reported(name, value);
  }

  /** What the session did up to here is there for all to see. */
  outOfTransaction(): void {
    this.of.sources.settled();
  }
}
