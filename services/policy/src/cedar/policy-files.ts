import {
  checkParsePolicySet,
  policySetTextToParts,
  policyToJson,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs';
import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';
import { readApprovalTerms } from './approval-terms.js';
import type { ApprovalTerms } from './approval-terms.js';
import { contextNames } from './context-names.js';
import type { ContextNames } from './context-names.js';
import { readMaskTerms } from './mask-terms.js';
import type { MaskTerms } from './mask-terms.js';
import { readRowLimit } from './row-limit.js';
import type { RuleScope } from './rule-scope.js';
import { readSessionSettings } from './session-settings.js';
import type { SessionSettings } from './session-settings.js';
import { CEDAR_SCHEMA } from './vocabulary.js';

/** A policy file as it was read. */
export interface PolicyFile {
  /** As people know it: its name without folders and extension begins the names of its rules. */
  readonly name: string;
  readonly text: string;
}

/** Why a file is not taken. */
export interface PolicyProblem {
  readonly file: string;
  /** From 1; undefined where it concerns the file. */
  readonly line: number | undefined;
  readonly message: string;
}

/** One policy of a file. */
export interface Rule {
  /** file/id */
  readonly name: string;
  readonly text: string;
  /** What the author says to whoever is refused by it. */
  readonly reason: string | undefined;
  /** What it permits waits for people first. */
  readonly approval: ApprovalTerms | undefined;
  /** Of the target's session, where it permits one to be opened. */
  readonly session: SessionSettings | undefined;
  /** Of what the target says where it permits something. */
  readonly mask: MaskTerms | undefined;
  /** Rows that what it permits may give. */
  readonly rows: number | undefined;
  readonly contextNames: ContextNames;
  /** Whom and what it is about; undefined: that may be anybody and anything. */
  readonly scope: RuleScope | undefined;
  /** It looks at the claims of whoever asks. */
  readonly looksAtTags: boolean;
}

interface Part {
  readonly file: PolicyFile;
  readonly rule: Rule;
}

/** Annotations that mean something. Another one is a mistake: it would be believed to. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  'id',
  'description',
  'reason',
  'approve',
  'session',
  'mask',
  'limit',
]);

/** All that is wrong with the files. */
export function policyProblems(files: readonly PolicyFile[]): readonly PolicyProblem[] {
  const read = readPolicies(files);
  return 'problems' in read ? read.problems : [];
}

/** The rules of the files, or all that is wrong with them. */
export function readPolicies(
  files: readonly PolicyFile[],
): { readonly rules: readonly Rule[] } | { readonly problems: readonly PolicyProblem[] } {
  const problems: PolicyProblem[] = [];
  const parts: Part[] = [];
  for (const file of files) {
    const read = partsOf(file);
    problems.push(...read.problems);
    parts.push(...read.parts);
  }
  problems.push(...repeated(parts));
  if (problems.length === 0) problems.push(...invalid(parts));
  return problems.length > 0 ? { problems } : { rules: parts.map(({ rule }) => rule) };
}

function partsOf(file: PolicyFile): { parts: Part[]; problems: PolicyProblem[] } {
  const checked = checkParsePolicySet({ staticPolicies: file.text });
  if (checked.type === 'failure') {
    return { parts: [], problems: checked.errors.map((error) => problemAt(file, error, 0)) };
  }
  const split = policySetTextToParts(file.text);
  if (split.type === 'failure') {
    return { parts: [], problems: split.errors.map((error) => problemAt(file, error, 0)) };
  }
  const parts: Part[] = [];
  const problems: PolicyProblem[] = [];
  for (const [index, text] of split.policies.entries()) {
    const { annotations, effect, ...read } = readRule(text);
    const tell = (message: string) => {
      problems.push({ file: file.name, line: lineAt(file.text, offsetOf(file, text)), message });
    };
    for (const name of Object.keys(annotations)) {
      if (ANNOTATIONS.has(name)) continue;
      const known = [...ANNOTATIONS].map((each) => `@${each}`).join(', ');
      tell(`@${name} is not known; there are ${known}`);
    }
    const name = `${stem(file.name)}/${annotations['id'] ?? `policy${index}`}`;
    const obligations = obligationsOf(annotations, tell);
    const isObliging = Object.values(obligations).some((terms) => terms !== undefined);
    if (isObliging && effect === 'forbid') {
      tell('a rule that forbids has no @approve, @session, @mask or @limit');
    }
    const reason = annotations['reason'];
    parts.push({ file, rule: { name, text, reason, ...obligations, ...read } });
  }
  if (split.policy_templates.length > 0) {
    const message = 'templates (?principal, ?resource) are not taken: name the entity';
    problems.push({ file: file.name, line: undefined, message });
  }
  return { parts, problems };
}

function readRule(text: string): {
  readonly annotations: Readonly<Record<string, string>>;
  readonly effect: 'permit' | 'forbid';
} & Pick<Rule, 'contextNames' | 'scope' | 'looksAtTags'> {
  const read = policyToJson(text);
  if (read.type === 'failure') {
    const unknown = { contextNames: 'any', scope: undefined, looksAtTags: true } as const;
    return { annotations: {}, effect: 'forbid', ...unknown };
  }
  const { annotations = {}, effect, principal, action, conditions } = read.json;
  return {
    annotations,
    effect,
    contextNames: contextNames(conditions),
    scope: { principal, action },
    looksAtTags: /"(?:get|has)Tag":/.test(JSON.stringify(conditions)),
  };
}

function obligationsOf(
  annotations: Readonly<Record<string, string>>,
  tell: (problem: string) => void,
): Pick<Rule, 'approval' | 'session' | 'mask' | 'rows'> {
  const read = <T extends object>(
    name: string,
    reader: (text: string) => T | { readonly problem: string },
  ): T | undefined => {
    const text = annotations[name];
    const terms = text === undefined ? undefined : reader(text);
    if (terms === undefined || !('problem' in terms)) return terms;
    tell(`@${name}: ${terms.problem}`);
    return undefined;
  };
  return {
    approval: read('approve', readApprovalTerms),
    session: read('session', readSessionSettings),
    mask: read('mask', readMaskTerms),
    rows: read('limit', readRowLimit)?.rows,
  };
}

function repeated(parts: readonly Part[]): readonly PolicyProblem[] {
  const seen = new Set<string>();
  const problems: PolicyProblem[] = [];
  for (const { file, rule } of parts) {
    if (seen.has(rule.name)) {
      const line = lineAt(file.text, offsetOf(file, rule.text));
      problems.push({ file: file.name, line, message: `${rule.name} is there twice` });
    }
    seen.add(rule.name);
  }
  return problems;
}

/** What Cedar's validator finds; the same mistake is told once, not for each action. */
function invalid(parts: readonly Part[]): readonly PolicyProblem[] {
  const policies = Object.fromEntries(parts.map(({ rule }) => [rule.name, rule.text]));
  const answer = validate({ schema: CEDAR_SCHEMA, policies: { staticPolicies: policies } });
  const found = new Map<string, PolicyProblem>();
  for (const { file, rule } of parts) {
    const errors =
      answer.type === 'failure'
        ? answer.errors
        : answer.validationErrors
            .filter(({ policyId }) => policyId === rule.name)
            .map(({ error }) => error);
    for (const error of errors) {
      const problem = problemAt(file, error, offsetOf(file, rule.text));
      found.set(`${problem.file}:${problem.line ?? 0}`, problem);
    }
  }
  return [...found.values()];
}

function problemAt(file: PolicyFile, error: DetailedError, offset: number): PolicyProblem {
  const at = error.sourceLocations?.[0]?.start;
  const line = at === undefined ? undefined : lineAt(file.text, offset + at);
  const help = error.help === null ? '' : ` (${error.help})`;
  return { file: file.name, line, message: `${error.message}${help}` };
}

function offsetOf(file: PolicyFile, text: string): number {
  return Math.max(0, file.text.indexOf(text));
}

function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function stem(name: string): string {
  return name.replace(/^.*\//, '').replace(/\.cedar$/, '');
}
