/** How many values of a type were masked or redacted. */
export interface CountView {
  readonly type: string;
  readonly count: number;
}

/** What a statement of a command does, as policies saw it. */
export interface StatementView {
  readonly kind: string;
  /** Kinds besides its own. */
  readonly bringsAbout?: readonly string[];
  /** schema.name; ? for a schema that is not known */
  readonly reads?: readonly string[];
  readonly writes?: readonly string[];
  readonly calls?: readonly string[];
  /** How many more there are of these. */
  readonly leftOut?: number;
  /** Without its literals; absent where they could not be told from the rest. */
  readonly shape?: string;
  /** Something of it could not be seen through. */
  readonly opaque?: true;
}

export interface CommandFacts {
  readonly kind: string;
  /** Whole, whatever its length; null where it was erased or has expired. */
  readonly text: string | null;
  readonly erased?: true;
  readonly statementName?: string;
  readonly parameters?: number;
  /** Bind values as text; null is SQL NULL, binary ones as \x followed by hex digits. */
  readonly binds?: readonly (string | null)[];
  readonly decision?: {
    readonly effect: string;
    readonly rule: string;
    /** Of the policies that were asked; absent: there were none. */
    readonly policyVersion?: string;
    /** The approval that it waited for, or by which it ran. */
    readonly approval?: string;
  };
  /** Values that were replaced before the text was written. */
  readonly redacted?: readonly CountView[];
  /** The first of those that it may run; absent: no policies were in force. */
  readonly statements?: readonly StatementView[];
  /** How many more there are. */
  readonly statementsLeftOut?: number;
}

export interface ResponseFacts {
  /** Position of the command. */
  readonly command: number;
  readonly status: string;
  readonly rows: number;
  readonly rowsAffected: number;
  readonly bytes: number;
  readonly durationNs: number;
  readonly sha256?: string;
  readonly hmac?: string;
  readonly tags: readonly string[];
  readonly columns: readonly { readonly name: string; readonly type: number }[];
  readonly notices: number;
  readonly error?: {
    readonly code: string;
    readonly severity: string;
    readonly message: string | null;
  };
  readonly outputKept: number;
  /** Values that the client got something else for. */
  readonly masked?: readonly CountView[];
  readonly input?: {
    readonly bytes: number;
    readonly sha256?: string;
    readonly hmac?: string;
    /** Values that were replaced before it was written. */
    readonly redacted?: readonly CountView[];
  };
}
