/** Kinds of statements by what they are for: a policy may name the group or the kind. */
export const ACTION_GROUPS: Readonly<Record<string, readonly string[]>> = {
  read: ['select', 'show', 'explain', 'declare', 'fetch', 'close', 'copy-to'],
  session: [
    'set',
    'reset',
    'transaction',
    'prepare',
    'execute',
    'deallocate',
    'discard',
    'listen',
    'unlisten',
  ],
  write: [
    'insert',
    'update',
    'delete',
    'merge',
    'truncate',
    'copy-from',
    'refresh',
    'lock',
    'notify',
    'two-phase',
  ],
  ddl: ['create', 'alter', 'drop', 'comment'],
  access: ['grant', 'revoke', 'create-role', 'alter-role', 'drop-role'],
  maintenance: ['vacuum', 'analyze', 'cluster', 'reindex', 'checkpoint'],
  server: ['copy-program', 'copy-file', 'load', 'alter-system'],
  code: ['do', 'call'],
};

/** Of a statement whose kind this version does not know. */
const UNGROUPED = ['other'];

export const CONNECT = 'connect';

const GROUP_OF = new Map(
  Object.entries(ACTION_GROUPS).flatMap(([group, kinds]) => kinds.map((kind) => [kind, group])),
);

/** The group that an action is in; undefined: none. */
export function groupOf(action: string): string | undefined {
  return GROUP_OF.get(action);
}

/** What policies may speak of: their Cedar schema. They are validated against it when loaded. */
export const CEDAR_SCHEMA = `
entity Group;
entity Identity in [Group] = { issuer: String, subject: String } tags String;
entity Target = { environment: String, owner: String, protocol: String };
entity Database in [Target];
entity Schema in [Database];
entity Table in [Schema, Table] = { name: String };
entity Function in [Schema] = { name: String };

type Connection = {
  environment: String,
  source: ipaddr,
  program: String,
  encrypted: Bool,
  time: datetime,
  weekday: Long,
  session: { minutes: Long, denied: Long },
};
type Command = {
  environment: String,
  source: ipaddr,
  program: String,
  encrypted: Bool,
  time: datetime,
  weekday: Long,
  session: { minutes: Long, denied: Long },
  statements: Long,
  kinds: Set<String>,
  reads: Set<String>,
  writes: Set<String>,
  calls: Set<String>,
  opaque: Bool,
  opaqueParts: Set<String>,
  whereMissing: Bool,
  rowLimit?: Long,
  settings: Set<String>,
};

${Object.keys(ACTION_GROUPS)
  .map((group) => `action "${group}";`)
  .join('\n')}
action "${CONNECT}" appliesTo {
  principal: [Identity], resource: [Target], context: Connection
};
${[...GROUP_OF].map(([kind, group]) => statementAction(kind, ` in ["${group}"]`)).join('\n')}
${UNGROUPED.map((kind) => statementAction(kind, '')).join('\n')}
`;

function statementAction(kind: string, group: string): string {
  return `action "${kind}"${group} appliesTo {
  principal: [Identity], resource: [Database, Table, Function], context: Command
};`;
}
