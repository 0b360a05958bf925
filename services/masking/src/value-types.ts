/** What can be found and masked; these names stand in policies and in tokens. */
export const valueTypes = [
  'email',
  'phone',
  'card',
  'card-code',
  'iban',
  'national-id',
  'person-name',
  'jwt',
  'cloud-key',
  'vcs-token',
  'private-key',
  'connection-string',
  'session-cookie',
  'authorization',
  'kube-secret',
  'password',
  'high-entropy',
] as const;

export type ValueType = (typeof valueTypes)[number];

const names: ReadonlySet<string> = new Set(valueTypes);

export function isValueType(name: string): name is ValueType {
  return names.has(name);
}
