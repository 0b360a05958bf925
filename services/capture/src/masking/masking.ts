import { createHmac } from 'node:crypto';
import {
  EqualityTokens,
  Glances,
  maskText,
  matchesColumn,
  nullTokens,
  shapeTokens,
  typeOfColumn,
} from '@steno/masking';
import type {
  ColumnName,
  Glance,
  KeyNames,
  Masked,
  TokenType,
  Tokens,
  TypeTokens,
  ValueType,
} from '@steno/masking';
import { stricterForm } from '@steno/policy';
import type { MaskForm, MaskTerms } from '@steno/policy';

/** Their values have no form. */
const NAMED: readonly ValueType[] = ['password', 'person-name'];
const TOKEN_KEY = 'steno/v1/masking/tokens';

/** Masks by what the rules of one ruling say. The same for all protocols: it is given texts. */
export class Masking {
  readonly types: ReadonlySet<ValueType>;
  /** Some columns are masked whole, by the names that rules give. */
  readonly hasColumns: boolean;
  /** Some values are known by the name of their column alone. */
  readonly goesByNames: boolean;
  private readonly glances: Glances;
  private readonly tokensOf: Readonly<Record<MaskForm, Tokens>>;

  constructor(
    private readonly terms: MaskTerms,
    private readonly equality: EqualityTokens,
  ) {
    this.tokensOf = { token: equality.of, shape: shapeTokens, null: nullTokens };
    this.types = new Set(terms.types.keys());
    this.glances = new Glances(this.types);
    this.hasColumns = terms.columns.length > 0;
    const isNamed = NAMED.some((type) => terms.types.has(type));
    this.goesByNames = this.hasColumns || isNamed;
  }

  readonly tokens: Tokens = (type, value) => {
    return this.tokensOf[this.formOf(type)](type, value);
  };

  text(text: string, column?: string): Masked {
    const rules = column === undefined ? this : { types: this.types, column };
    return maskText(text, rules, this.tokens);
  }

  /** Of JSON, whose keys may be other names than those of what stands under them. */
  json(text: string, keys: KeyNames): Masked {
    return maskText(text, { types: this.types, keys }, this.tokens);
  }

  /** How the values of a column are masked whole, by any of its names; undefined: they are not. */
  wholeColumn(names: readonly ColumnName[]): MaskForm | undefined {
    let form: MaskForm | undefined;
    for (const { pattern, form: asked } of this.terms.columns) {
      const isMeant = names.some((name) => matchesColumn([pattern], name));
      if (isMeant) form = stricterForm(asked, form);
    }
    return form;
  }

  /** What a first look at the values of a column tells. */
  glanceAt(column: string | undefined): Glance {
    return this.glances.of(column);
  }

  /** Makes tokens of values as they lie in their source; undefined where they have another form. */
  tokensOfBytes(type: TokenType, form = this.formOf(type)): TypeTokens | undefined {
    return form === 'token' ? this.equality.ofType(type) : undefined;
  }

  /** What stands in the place of all of a column's value. */
  wholeToken(form: MaskForm, type: TokenType, value: string): string | undefined {
    return this.tokensOf[form](type, value);
  }

  private formOf(type: TokenType): MaskForm {
    return type === 'column' ? 'null' : (this.terms.types.get(type) ?? 'null');
  }
}

/** What tokens of a column that is masked whole are called. */
export function nameOfColumn({ column }: ColumnName): TokenType {
  return typeOfColumn(column) ?? 'column';
}

/** The maskings of an installation: the same value has the same token in all of its sessions. */
export class Maskings {
  private readonly equality: EqualityTokens;
  private readonly known = new WeakMap<MaskTerms, Masking>();

  constructor(installationKey: Uint8Array) {
    const key = createHmac('sha256', installationKey).update(TOKEN_KEY).digest();
    this.equality = new EqualityTokens(key);
  }

  by(terms: MaskTerms): Masking {
    const known = this.known.get(terms) ?? new Masking(terms, this.equality);
    this.known.set(terms, known);
    return known;
  }
}
