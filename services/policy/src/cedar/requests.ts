import type {
  EntityJson,
  StatefulAuthorizationCall,
  TypeAndId,
} from '@cedar-policy/cedar-wasm/nodejs';
import type { CommandSummary } from '../decide.js';
import type { Access, StatementFacts } from '../statements/statement-facts.js';
import { momentOf, timeContext } from './moment.js';
import type { Moment } from './moment.js';
import { CONNECT, groupOf } from './vocabulary.js';

/** Who asks, of what, from where. */
export interface Asking {
  readonly identity: {
    readonly name: string;
    readonly issuer: string;
    readonly subject: string;
    readonly groups: readonly string[];
    readonly claims: Readonly<Record<string, string>>;
  };
  readonly target: {
    readonly name: string;
    readonly protocol: string;
    readonly database: string;
    readonly environment: string;
    readonly owner: string;
  };
  /** IP address. */
  readonly source: string;
  /** What the client calls itself. */
  readonly program: string;
  /** Towards the client, by TLS. */
  readonly encrypted: boolean;
  /** When the session was asked for: milliseconds since 1970, UTC. */
  readonly openedAt: number;
}

/** One question to Cedar. */
export type Request = Pick<
  StatefulAuthorizationCall,
  'principal' | 'resource' | 'context' | 'entities'
> & { readonly action: TypeAndId };

/** May a session be opened? */
export function connectRequest(asking: Asking): Request {
  const { target, openedAt } = asking;
  const context = sharedContext(asking, momentOf(openedAt, openedAt, 0));
  const resource = { type: 'Target', id: target.name };
  return { ...asked(CONNECT, resource), context, ...parties(asking, CONNECT, []) };
}

/** May each kind of statement run on the database, and each access on its object? */
export function* commandRequests(
  asking: Asking,
  statements: readonly StatementFacts[],
  moment: Moment,
): Generator<Request> {
  const context = { ...sharedContext(asking, moment), ...commandContext(statements) };
  const database = { type: 'Database', id: databaseId(asking.target) };
  for (const kind of new Set(statements.flatMap(({ kinds }) => [...kinds]))) {
    yield { ...asked(kind, database), context, ...parties(asking, kind, []) };
  }
  for (const access of statements.flatMap(({ accesses }) => accesses)) {
    const { action } = access;
    const { resource, entities } = objectOf(database, access);
    yield { ...asked(action, resource), context, ...parties(asking, action, entities) };
  }
}

function asked(action: string, resource: TypeAndId): Pick<Request, 'action' | 'resource'> {
  return { action: { type: 'Action', id: action }, resource };
}

/** Who asks, and all that has attributes or a place. */
function parties(
  { identity, target }: Asking,
  action: string,
  objects: readonly EntityJson[],
): Pick<Request, 'principal' | 'entities'> {
  const { issuer, subject, claims, groups } = identity;
  const principal = { type: 'Identity', id: identity.name };
  const { environment, owner, protocol } = target;
  const targetId = { type: 'Target', id: target.name };
  const group = groupOf(action);
  return {
    principal,
    entities: [
      {
        uid: principal,
        attrs: { issuer, subject },
        tags: { ...claims },
        parents: groups.map((id) => ({ type: 'Group', id })),
      },
      { uid: targetId, attrs: { environment, owner, protocol }, parents: [] },
      { uid: { type: 'Database', id: databaseId(target) }, attrs: {}, parents: [targetId] },
      {
        uid: { type: 'Action', id: action },
        attrs: {},
        parents: group === undefined ? [] : [{ type: 'Action', id: group }],
      },
      ...objects,
    ],
  };
}

function databaseId({ name, database }: Asking['target']): string {
  return `${name}/${database}`;
}

function objectOf(database: TypeAndId, { object, schema, name, parents = [] }: Access) {
  // Of a name that leads nowhere yet the schema is not known.
  const schemaId = `${database.id}/${schema ?? '?'}`;
  const parent = { type: 'Schema', id: schemaId };
  const resource = { type: object === 'table' ? 'Table' : 'Function', id: `${schemaId}/${name}` };
  // In no schema here, so that what permits a schema permits no table of another one.
  const above: readonly EntityJson[] = parents.map((of) => ({
    uid: { type: 'Table', id: `${database.id}/${of.schema}/${of.name}` },
    attrs: { name: of.name },
    parents: [],
  }));
  const entities: EntityJson[] = [
    { uid: parent, attrs: {}, parents: [database] },
    { uid: resource, attrs: { name }, parents: [parent, ...above.map(({ uid }) => uid)] },
    ...above,
  ];
  return { resource, entities };
}

/** What is known of a command, all of its statements together. */
export function summaryOf(of: readonly StatementFacts[]): CommandSummary {
  const accesses = of.flatMap((statement) => statement.accesses);
  const tables = accesses.filter(({ object }) => object === 'table');
  return {
    statements: of.length,
    kinds: [...new Set(of.flatMap(({ kinds }) => [...kinds]))],
    reads: names(tables.filter(({ action }) => action === 'select')),
    writes: names(tables.filter(({ action }) => action !== 'select')),
    calls: names(accesses.filter(({ object }) => object === 'function')),
    opaqueParts: of.flatMap(({ opaque }) => [...opaque]),
    whereMissing: of.some(({ whereMissing }) => whereMissing),
  };
}

function sharedContext({ target, source, program, encrypted }: Asking, moment: Moment) {
  const { environment } = target;
  const session = { minutes: moment.age, denied: moment.denied };
  return { environment, source: ip(source), program, encrypted, session, ...timeContext(moment) };
}

function commandContext(of: readonly StatementFacts[]) {
  const { kinds, reads, writes, calls, opaqueParts, whereMissing } = summaryOf(of);
  const limits = of.map(({ rowLimit }) => rowLimit);
  const rowLimit = limits.every((limit) => limit !== undefined)
    ? Math.max(0, ...limits)
    : undefined;
  return {
    statements: of.length,
    kinds,
    reads,
    writes,
    calls,
    opaque: opaqueParts.length > 0,
    opaqueParts,
    whereMissing,
    settings: [...new Set(of.flatMap(({ settings }) => [...settings]))],
    ...(rowLimit === undefined ? {} : { rowLimit }),
  };
}

function names(accesses: readonly Access[]): string[] {
  return [...new Set(accesses.map(({ schema, name }) => `${schema ?? '?'}.${name}`))];
}

/** Without the zone of an IPv6 address, which Cedar does not take. */
function ip(address: string) {
  return { __extn: { fn: 'ip', arg: address.replace(/%.*$/, '') } };
}
