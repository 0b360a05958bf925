import { scalarText } from './identity-template.js';
import { TOKEN_LIMITS } from './settings.js';

type Claims = Readonly<Record<string, unknown>>;

/** What is kept of the claims of a token. */
export interface RecordedClaims {
  readonly claims: Readonly<Record<string, string>>;
  /** Claims that may name a person: content, erasable, never part of an event itself. */
  readonly personalClaims: Readonly<Record<string, string>>;
}

/** The pipeline run that a token speaks for; absent claims are empty. */
export interface VerifiedRun {
  readonly provider: string;
  readonly repository: string;
  readonly workflow: string;
  readonly id: string;
  readonly attempt: string;
  readonly job: string;
  readonly commit: string;
}

/** Every token has these; they are recorded elsewhere or say nothing about the job. */
const REGISTERED = new Set(['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti', 'act']);

const PERSONAL = new Set(
  `actor actor_id triggering_actor user_login user_email user_id user_identities email
  email_verified name given_name family_name middle_name nickname preferred_username username
  login profile picture website gender birthdate zoneinfo locale phone_number
  phone_number_verified address upn unique_name`.split(/\s+/),
);

/** Claims of GitHub, GitLab, Buildkite and others that tell which job or workload it is. */
const WELL_KNOWN = new Set(
  `repository repository_id repository_owner repository_visibility workflow workflow_ref
  job_workflow_ref workflow_sha run_id run_number run_attempt ref ref_type sha event_name
  environment runner_environment base_ref head_ref namespace_path project_path project_id
  pipeline_id pipeline_source job_id ref_path ref_protected runner_id ci_config_ref_uri
  ci_config_sha organization_slug pipeline_slug build_number build_branch build_commit step_key
  job agent_id agent azp client_id service_account`.split(/\s+/),
);

/**
 * Chooses the claims to record.
 *
 * @param wanted names from the configuration, or 'all' for everything that is not registered
 */
export function recordClaims(claims: Claims, wanted: readonly string[] | 'all'): RecordedClaims {
  const named = new Set(wanted === 'all' ? Object.keys(claims) : wanted);
  const kept: Record<string, string> = {};
  const personal: Record<string, string> = {};
  let count = 0;
  for (const [name, value] of Object.entries(claims)) {
    const isPersonal = PERSONAL.has(name);
    if (REGISTERED.has(name) || name === '__proto__') continue;
    if (!named.has(name) && !WELL_KNOWN.has(name) && !isPersonal) continue;
    if (count === TOKEN_LIMITS.recordedClaims) break;
    count += 1;
    const text = scalarText(value) ?? JSON.stringify(value);
    (isPersonal ? personal : kept)[name] = text.slice(0, TOKEN_LIMITS.claimLength);
  }
  return { claims: kept, personalClaims: personal };
}

/**
 * The groups that a claim names: a list of texts, or one text with spaces or commas between names.
 * Undefined where there are more, or longer ones, than are taken: a rule may forbid one of them.
 */
export function findGroups(claims: Claims, claim: string): readonly string[] | undefined {
  const value = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  const named: unknown[] = typeof value === 'string' ? value.split(/[\s,]+/) : [value].flat();
  const names = new Set(named.filter((name) => typeof name === 'string' && name !== ''));
  const groups = [...names] as string[];
  const isTooLong = groups.some((name) => name.length > TOKEN_LIMITS.groupLength);
  return isTooLong || groups.length > TOKEN_LIMITS.groups ? undefined : groups;
}

/** Recognises the run by the claims that its provider documents, wherever its issuer lives. */
export function findRun(claims: Claims): VerifiedRun | undefined {
  const text = (name: string): string =>
    (scalarText(claims[name]) ?? '').slice(0, TOKEN_LIMITS.claimLength);
  if (text('repository') !== '' && text('run_id') !== '') {
    return {
      provider: 'github',
      repository: text('repository'),
      workflow: text('workflow'),
      id: text('run_id'),
      attempt: text('run_attempt'),
      job: text('job'),
      commit: text('sha'),
    };
  }
  if (text('project_path') !== '' && text('pipeline_id') !== '') {
    return {
      provider: 'gitlab',
      repository: text('project_path'),
      workflow: text('ci_config_ref_uri'),
      id: text('pipeline_id'),
      attempt: '',
      job: text('job_id'),
      commit: text('sha'),
    };
  }
  return undefined;
}

/**
 * The actor chain of RFC 8693 section 4.1: who acts first, on whose behalf last.
 *
 * @returns nothing where the token's subject acts for itself
 */
export function findActors(claims: Claims): readonly string[] {
  const actors: string[] = [];
  let act = claims['act'];
  while (isRecord(act) && actors.length < TOKEN_LIMITS.actors - 1) {
    const subject = scalarText(act['sub']);
    if (subject === undefined) break;
    actors.push(subject.slice(0, TOKEN_LIMITS.claimLength));
    act = act['act'];
  }
  const onBehalfOf = scalarText(claims['sub']);
  return actors.length === 0 || onBehalfOf === undefined ? [] : [...actors, onBehalfOf];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
