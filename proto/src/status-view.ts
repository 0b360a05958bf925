export interface StatusView {
  readonly version: string;
  readonly installation: string;
  readonly log: 'embedded' | 'kafka';
  readonly openSessions: number;
  /** Milliseconds between the newest commit in the log and what is queryable. */
  readonly projectorLagMs: number;
  readonly issuers: readonly { readonly issuer: string; readonly development: boolean }[];
  readonly gateways: { readonly postgres: GatewayView };
}

/** Where clients connect, as steno.yaml has it; what stands before it may be called otherwise. */
export interface GatewayView {
  readonly host: string;
  /** Null: a free one is taken, which the gateway alone knows. */
  readonly port: number | null;
  readonly tls: boolean;
}
