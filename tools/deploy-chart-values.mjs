import { parse } from 'yaml';

// The values of the chart as a table: what they are from values.schema.json, defaults from
// values.yaml.

/** @typedef {{ description?: string, properties?: Record<string, Schema> }} Schema */

/**
 * @param {Schema} schema
 * @param {string} values
 */
export function chartValues(schema, values) {
  const rows = rowsOf(schema, parse(values), '');
  return `| Value | Default | What it is |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
}

/**
 * @param {Schema} schema
 * @param {unknown} preset
 * @param {string} prefix
 * @returns {string[]}
 */
function rowsOf(schema, preset, prefix) {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const value = /** @type {Record<string, unknown>} */ (preset)[name];
    if (property.properties !== undefined) return rowsOf(property, value, `${prefix}${name}.`);
    if (value === undefined) return [];
    const { description = '' } = property;
    return [`| \`${prefix}${name}\` | \`${JSON.stringify(value)}\` | ${description} |`];
  });
}
