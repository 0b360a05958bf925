// docs/steno.schema.json as a table for people.

/**
 * @typedef {object} Schema
 * @property {string} [$ref]
 * @property {string} [$comment]
 * @property {string} [description]
 * @property {string | string[]} [type]
 * @property {unknown[]} [enum]
 * @property {unknown} [default]
 * @property {Record<string, Schema>} [properties]
 * @property {string[]} [required]
 * @property {Schema} [items]
 * @property {Schema[]} [anyOf]
 * @property {Record<string, Schema>} [$defs]
 */

/**
 * @typedef {object} Row
 * @property {string} key
 * @property {boolean} required
 * @property {string} type
 * @property {string} preset
 * @property {string} about
 */

const INTRODUCTION = `# Every key of steno.yaml

Made from [docs/steno.schema.json](../docs/steno.schema.json) by \`npm run generate:deploy\`. Paths
are relative to the file. \`[]\` stands for each entry of a list; in bold is what must be there once
the key above it is.
`;

const ENVIRONMENT = `## Environment variables

| Variable             | What it is                                                                        |
| -------------------- | --------------------------------------------------------------------------------- |
| any                  | a secret, where steno.yaml says \`env:NAME\`                                        |
| \`STENO_URL\`          | the api that verbs of the command line ask, instead of the one on this data       |
| \`STENO_TOKEN\`        | the token for it; goes with \`STENO_URL\`                                           |
| \`NODE_EXTRA_CA_CERTS\` | PEM file of further authorities that the command line and Steno itself trust      |
| \`NO_COLOR\`           | no colours on a terminal                                                          |
| \`STENO_HEALTH_URL\`   | of the image alone: what its HEALTHCHECK asks, \`/healthz\` of admin.listen unless set |

A secret is never written into steno.yaml: \`env:NAME\` names an environment variable, \`file:PATH\`
a file, of which one line end is cut off. Prefer \`file:\`, since an environment can be read in more
places.
`;

/** @param {Schema} root */
export function configReference(root) {
  const rows = rowsOf(root, '', root);
  /** @type {Map<string, Row[]>} */
  const sections = new Map();
  for (const row of rows) {
    const name = row.key.split(/[.[]/)[0] ?? '';
    sections.set(name, [...(sections.get(name) ?? []), row]);
  }
  const tables = [...sections].map(([name, of]) => `## ${name}\n\n${table(of)}`);
  return [INTRODUCTION, ...tables, ENVIRONMENT].join('\n');
}

/**
 * @param {Schema} schema
 * @param {string} prefix
 * @param {Schema} root
 * @returns {Row[]}
 */
function rowsOf(schema, prefix, root) {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const key = `${prefix}${name}`;
    const required = schema.required?.includes(name) === true;
    return rowsOfKey(key, property, required, root);
  });
}

/**
 * @param {string} key
 * @param {Schema} property
 * @param {boolean} required
 * @param {Schema} root
 * @returns {Row[]}
 */
function rowsOfKey(key, property, required, root) {
  if (property.properties !== undefined) return rowsOf(property, `${key}.`, root);
  const inner = property.items?.properties === undefined ? [] : rowsOfItems(key, property, root);
  const preset = property.default === undefined ? '' : code(property.default);
  const type = typeOf(property, root);
  return [{ key, required, type, preset, about: aboutOf(property, root) }, ...inner];
}

/**
 * @param {string} key
 * @param {Schema} list
 * @param {Schema} root
 */
function rowsOfItems(key, list, root) {
  return list.items === undefined ? [] : rowsOf(list.items, `${key}[].`, root);
}

/**
 * @param {Schema} schema
 * @param {Schema} root
 * @returns {string}
 */
function typeOf(schema, root) {
  if (schema.$ref !== undefined) return schema.$ref.replace('#/$defs/', '');
  if (schema.enum !== undefined) return 'word';
  if (schema.anyOf !== undefined) {
    return [...new Set(schema.anyOf.map((one) => typeOf(one, root)))].join(' or ');
  }
  if (schema.items !== undefined) return `list of ${typeOf(schema.items, root)}`;
  const type = [schema.type ?? 'any'].flat().join(' or ');
  return type.replace('object', 'mapping').replace('string', 'text');
}

/**
 * What a key is, and what is allowed.
 *
 * @param {Schema} schema
 * @param {Schema} root
 */
function aboutOf(schema, root) {
  const allowed = schema.description ?? descriptionOfItems(schema, root);
  if (schema.$comment === undefined) return allowed;
  return allowed === '' ? schema.$comment : `${schema.$comment.replace(/\.$/, '')}: ${allowed}`;
}

/**
 * @param {Schema} schema
 * @param {Schema} root
 */
function descriptionOfItems(schema, root) {
  const named = schema.$ref ?? schema.items?.$ref;
  const definition = root.$defs?.[named?.replace('#/$defs/', '') ?? ''];
  return definition?.description ?? schema.items?.description ?? '';
}

/** @param {unknown} value */
function code(value) {
  const text = typeof value === 'string' ? value : JSON.stringify(value).replaceAll(',', ', ');
  return `\`${text}\``;
}

/** @param {Row[]} rows */
function table(rows) {
  const lines = rows.map(({ key, required, type, preset, about }) => {
    const name = required ? `**\`${key}\`**` : `\`${key}\``;
    return `| ${name} | ${type} | ${preset} | ${about.replaceAll('|', '\\|')} |`;
  });
  return `| Key | Type | Default | What it is |\n| --- | --- | --- | --- |\n${lines.join('\n')}\n`;
}
