import { USER_ROLES, providedActor } from '@steno/sessions';
import { ApiProblem } from '../errors.js';
import { LIMITS } from '../limits.js';
import type { ProviderOptions } from '../options.js';
import type { KnownPerson } from './person.js';

/** The group that everybody with the role approver is in. */
const APPROVERS = 'approvers';
const CLAIM = /\$\{([^${}]+)\}/g;
/** What would lie about the text around it: controls, line ends, changes of direction. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

type Claims = Readonly<Record<string, unknown>>;
type Mapping = Pick<ProviderOptions, 'groups' | 'roles' | 'name'>;

/** Claims by which a person is known, besides `iss` and `sub`. */
export function claimsNeeded({ groups, name }: Mapping): readonly string[] {
  return [groups, ...[...name.matchAll(CLAIM)].map(([, claim = '']) => claim)];
}

/** The person whom verified claims are of, with what they have in Steno. */
export function providedPerson(
  { iss, sub, ...claims }: Claims & { readonly iss: string; readonly sub: string },
  mapping: Mapping,
): KnownPerson {
  const groups = groupsIn(claims[mapping.groups]);
  const roles = USER_ROLES.filter((role) =>
    mapping.roles[role]?.some((group) => groups.includes(group)),
  );
  const kept = new Set(groups.slice(0, LIMITS.personGroups));
  // What is asked as the group of all approvers is a role here, whatever a provider calls so.
  if (roles.includes('approver')) kept.add(APPROVERS);
  else kept.delete(APPROVERS);
  return {
    actor: providedActor(iss, sub),
    name: nameOf(mapping.name, claims) ?? sub,
    roles,
    groups: [...kept],
    kind: 'provided',
  };
}

/** That somebody is nobody here, with what would have to be mapped. */
export function noRole(
  { name, groups }: KnownPerson,
  { groups: claim }: Pick<ProviderOptions, 'groups'>,
): ApiProblem {
  const shown = groups.slice(0, LIMITS.personGroupsShown).map((group) => JSON.stringify(group));
  const more = groups.length > shown.length ? ` and ${groups.length - shown.length} more` : '';
  const seen =
    shown.length === 0
      ? `the claim ${claim} names no group`
      : `the claim ${claim} names ${shown.join(', ')}${more}`;
  return new ApiProblem('noRole', `Of ${name} ${seen}.`);
}

function groupsIn(claim: unknown): readonly string[] {
  const values: readonly unknown[] = typeof claim === 'string' ? [claim] : arrayOf(claim);
  return values.filter(
    (value) => typeof value === 'string' && value !== '' && value.length <= NAME_MAX,
  ) as readonly string[];
}

const NAME_MAX = LIMITS.personNameCharacters;

function arrayOf(claim: unknown): readonly unknown[] {
  return Array.isArray(claim) ? (claim as readonly unknown[]) : [];
}

/** Undefined where a claim is not there, or not one text. */
function nameOf(template: string, claims: Claims): string | undefined {
  let isWhole = true;
  const name = template.replace(CLAIM, (_, claim: string) => {
    const value = claims[claim];
    if (typeof value !== 'string' || value === '') isWhole = false;
    return typeof value === 'string' ? value : '';
  });
  const seen = name.replace(UNSEEN, '').trim().slice(0, LIMITS.personNameCharacters);
  return isWhole && seen !== '' ? seen : undefined;
}
