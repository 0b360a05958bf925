export { authorize } from './decide.js';
export type { Authorized, Command, CommandSummary, Decision, Done } from './decide.js';
export type { Given, Hold, RowsAllowed } from './decide.js';
export type { ApprovalAsk, ApprovalTerms } from './cedar/approval-terms.js';
export { bothMasks, stricterForm } from './cedar/mask-terms.js';
export type { MaskForm, MaskTerms } from './cedar/mask-terms.js';
export { Rulebook } from './cedar/rulebook.js';
export type { Asking } from './cedar/requests.js';
export { policyProblems } from './cedar/policy-files.js';
export type { PolicyFile, PolicyProblem } from './cedar/policy-files.js';
export type { SessionSettings } from './cedar/session-settings.js';
export { ruleOnSession, SessionRuler } from './session-ruler.js';
export type { ExecutedNames, Naming, Opened } from './session-ruler.js';
export type { RulingSources } from './session-ruler.js';
export { indexCatalog, UNKNOWN_CATALOG } from './statements/catalog-index.js';
export type { CatalogContents } from './statements/catalog-index.js';
export type {
  Catalog,
  CatalogChange,
  CatalogFunction,
  CatalogRelation,
  CatalogType,
} from './statements/catalog.js';
export type { CopiedRows } from './statements/rows-given.js';
export { originsAt } from './statements/output-columns.js';
export type { Access } from './statements/statement-facts.js';
export { grammarLoaded } from './statements/grammar.js';
export { StatementText } from './statements/statement-text.js';
