import type { Tree } from './grammar.js';

/** What a policy calls the statements of Postgres, by the node of the grammar. */
const KINDS: Readonly<Record<string, string>> = {
  SelectStmt: 'select',
  InsertStmt: 'insert',
  UpdateStmt: 'update',
  DeleteStmt: 'delete',
  MergeStmt: 'merge',
  TruncateStmt: 'truncate',
  ExplainStmt: 'explain',
  VariableShowStmt: 'show',
  DeclareCursorStmt: 'declare',
  FetchStmt: 'fetch',
  ClosePortalStmt: 'close',
  PrepareStmt: 'prepare',
  ExecuteStmt: 'execute',
  DeallocateStmt: 'deallocate',
  DiscardStmt: 'discard',
  ConstraintsSetStmt: 'set',
  ListenStmt: 'listen',
  UnlistenStmt: 'unlisten',
  NotifyStmt: 'notify',
  LockStmt: 'lock',
  CallStmt: 'call',
  DoStmt: 'do',
  LoadStmt: 'load',
  CheckPointStmt: 'checkpoint',
  AlterSystemStmt: 'alter-system',
  ClusterStmt: 'cluster',
  ReindexStmt: 'reindex',
  RefreshMatViewStmt: 'refresh',
  CommentStmt: 'comment',
  SecLabelStmt: 'comment',
  CreateTableAsStmt: 'create',
  IndexStmt: 'create',
  ViewStmt: 'create',
  RuleStmt: 'create',
  DefineStmt: 'create',
  CompositeTypeStmt: 'create',
  ImportForeignSchemaStmt: 'create',
  RenameStmt: 'alter',
  CreateRoleStmt: 'create-role',
  AlterRoleStmt: 'alter-role',
  AlterRoleSetStmt: 'alter-role',
  DropRoleStmt: 'drop-role',
  GrantRoleStmt: 'grant',
  AlterDefaultPrivilegesStmt: 'grant',
  ReassignOwnedStmt: 'alter',
};

/** `ROLLBACK TO` and the like end or nest what the session has begun: `transaction` for all. */
const TRANSACTION = 'transaction';
/** What it ends may be another session's, and what it prepares outlives its own. */
const TWO_PHASE = 'two-phase';
/** Of a statement that this version does not know: it can't be seen through. */
export const UNKNOWN_KIND = 'other';

/** The kind of a statement, as actions of policies name it. */
export function kindOf(node: string, statement: Tree): string {
  switch (node) {
    case 'TransactionStmt':
      return String(statement['kind']).endsWith('_PREPARED') ||
        statement['kind'] === 'TRANS_STMT_PREPARE'
        ? TWO_PHASE
        : TRANSACTION;
    case 'VariableSetStmt':
      return String(statement['kind']).startsWith('VAR_RESET') ? 'reset' : 'set';
    case 'CopyStmt':
      return copyKind(statement);
    case 'VacuumStmt':
      return statement['is_vacuumcmd'] === true ? 'vacuum' : 'analyze';
    case 'GrantStmt':
      return statement['is_grant'] === true ? 'grant' : 'revoke';
    default:
      return KINDS[node] ?? kindByName(node);
  }
}

function kindByName(node: string): string {
  const verb = /^(Create|Alter|Drop)[A-Za-z]*Stmt$/.exec(node)?.[1];
  return verb === undefined ? UNKNOWN_KIND : verb.toLowerCase();
}

/** Files and programs are those of the target's machine. */
function copyKind(statement: Tree): string {
  if (statement['is_program'] === true) return 'copy-program';
  if (statement['filename'] !== undefined) return 'copy-file';
  return statement['is_from'] === true ? 'copy-from' : 'copy-to';
}
