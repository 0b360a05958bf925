import type { PolicyJson } from '@cedar-policy/cedar-wasm/nodejs';
import { groupOf } from './vocabulary.js';

/** For whom and what a rule is, before its conditions are asked. */
export type RuleScope = Pick<PolicyJson, 'principal' | 'action'>;

/** An identity, and the groups that it is in. */
export interface Party {
  readonly name: string;
  readonly groups: readonly string[];
}

/**
 * Whether a rule may be about the action of a party. It is NOT an evaluation: what a scope says in
 * a way that is not known here may be about anybody.
 */
export function mayConcern({ principal, action }: RuleScope, party: Party, asked: string): boolean {
  return mayBeBy(principal, party) && mayBeTo(action, asked);
}

function mayBeBy(scope: RuleScope['principal'], party: Party): boolean {
  switch (scope.op) {
    case '==':
      return !('entity' in scope) || isParty(scope.entity, party);
    case 'in':
      return !('entity' in scope) || isParty(scope.entity, party, party.groups);
    case 'is': {
      if (scope.entity_type !== 'Identity') return false;
      const within = scope.in;
      const isNamed = within !== undefined && within !== null && 'entity' in within;
      return !isNamed || isParty(within.entity, party, party.groups);
    }
    default:
      return true;
  }
}

function mayBeTo(scope: RuleScope['action'], asked: string): boolean {
  switch (scope.op) {
    case '==':
      return !('entity' in scope) || isAction(scope.entity, [asked]);
    case 'in': {
      const wanted = [asked, groupOf(asked)];
      if ('entity' in scope) return isAction(scope.entity, wanted);
      return !('entities' in scope) || scope.entities.some((each) => isAction(each, wanted));
    }
    default:
      return true;
  }
}

interface Entity {
  readonly type: string;
  readonly id: string;
}

function isParty(entity: object, { name }: Party, groups: readonly string[] = []): boolean {
  if (!isEntity(entity)) return true;
  const { type, id } = entity;
  return (type === 'Identity' && id === name) || (type === 'Group' && groups.includes(id));
}

function isAction(entity: object, wanted: readonly (string | undefined)[]): boolean {
  return !isEntity(entity) || (entity.type === 'Action' && wanted.includes(entity.id));
}

function isEntity(entity: object): entity is Entity {
  return 'type' in entity && 'id' in entity;
}
