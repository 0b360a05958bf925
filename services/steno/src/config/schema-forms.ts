import { describeQuantity } from './quantity.js';
import type { Quantity } from './quantity.js';

// A description begins with what is allowed, since it is also what an error message shows.

export type Schema = Readonly<Record<string, unknown>>;

export const text = (description: string, more: Schema = {}): Schema => ({
  type: 'string',
  minLength: 1,
  description,
  ...more,
});

export const oneOf = (values: readonly string[], more: Schema = {}): Schema => ({
  enum: values,
  description: values.join(', '),
  ...more,
});

export const listOf = (items: Schema, maxItems: number, more: Schema = {}): Schema => ({
  type: 'array',
  items,
  maxItems,
  ...more,
});

export const mapping = (
  properties: Record<string, Schema>,
  required: readonly string[] = [],
): Schema => ({
  type: 'object',
  additionalProperties: false,
  properties,
  ...(required.length === 0 ? {} : { required }),
});

export const address = (more: Schema = {}): Schema => ({ $ref: '#/$defs/address', ...more });

export const path = (about: string): Schema => text(`a path, relative to this file: ${about}`);

function quantity(of: Quantity): Schema {
  const bounds = { minimum: of.min, maximum: of.max };
  const form =
    of.kind === 'count' ? { type: 'integer', ...bounds } : { $ref: `#/$defs/${of.kind}` };
  return { ...form, default: of.fallback, description: describeQuantity(of), $comment: of.about };
}

export function quantities(table: Readonly<Record<string, Quantity>>): Record<string, Schema> {
  return Object.fromEntries(Object.entries(table).map(([name, of]) => [name, quantity(of)]));
}
