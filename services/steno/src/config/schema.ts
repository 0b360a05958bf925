import { USER_ROLES } from '@steno/sessions';
import { ADDRESS_PATTERN, HOST_PATTERN } from './address.js';
import { REFERENCES } from './credential-reference.js';
import {
  CONTROL_TIMES,
  DEFAULTS,
  LIMITS,
  PEOPLE_TIMES,
  RETENTION,
  SESSION_TIMES,
} from './defaults.js';
import { CLAIM_TEMPLATE, issuer } from './issuer-schema.js';
import { DURATION_PATTERN, SIZE_PATTERN } from './quantity.js';
import { address, listOf, mapping, oneOf, path, quantities, text } from './schema-forms.js';
import type { Schema } from './schema-forms.js';
import { WEBHOOK_SCHEMA } from './webhook-schema.js';

const definitions: Readonly<Record<string, Schema>> = {
  address: text('host:port, an IPv6 host in brackets', { pattern: ADDRESS_PATTERN }),
  size: {
    type: ['string', 'integer'],
    pattern: SIZE_PATTERN,
    description: 'a size like 64KiB or a number of bytes',
  },
  duration: {
    type: ['string', 'integer'],
    pattern: DURATION_PATTERN,
    description: 'a duration like 15m or 1h30m',
  },
  days: {
    type: ['string', 'integer'],
    pattern: DURATION_PATTERN,
    description: 'a duration in whole days like 90d',
  },
};

const tls = mapping({ cert: path('certificate, PEM'), key: path('its key, PEM') }, ['cert', 'key']);

const gatewayTls = mapping(
  {
    cert: path('certificate, PEM'),
    key: path('its key, PEM'),
    clientCa: path('authorities of clients, PEM'),
    clientCrl: path('what they have revoked, PEM'),
    clientIdentity: text('a text with fields of the certificate in it, like bot:${san.dns}', {
      pattern: CLAIM_TEMPLATE,
      default: DEFAULTS.gateways.postgres.clientIdentity,
    }),
    clientGroups: text('the field that says in which groups an identity is', {
      default: DEFAULTS.gateways.postgres.clientGroups,
    }),
  },
  ['cert', 'key'],
);

const secret = text('env:NAME or file:PATH, never the secret itself', {
  pattern: '^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$',
});

const clientTls = {
  anyOf: [
    { type: 'boolean' },
    mapping({
      ca: path('certificates to trust, PEM'),
      cert: path('the certificate to show, PEM'),
      key: path('its key, PEM'),
    }),
  ],
  description: 'true, or {ca: PATH, cert: PATH, key: PATH}',
};

const kafka = mapping(
  {
    brokers: listOf(address(), 64, { minItems: 1 }),
    topicPrefix: text('letters, digits, _ . -', {
      pattern: '^[A-Za-z0-9_.-]{1,64}$',
      default: DEFAULTS.kafka.topicPrefix,
    }),
    partitions: {
      type: 'integer',
      minimum: 1,
      maximum: 1024,
      default: DEFAULTS.kafka.partitions,
      description: 'a whole number from 1 to 1024',
      $comment: 'Of the data topic, when Steno makes it.',
    },
    replicationFactor: {
      type: 'integer',
      minimum: -1,
      maximum: 32,
      default: DEFAULTS.kafka.replicationFactor,
      description: 'a whole number, or -1 for the default of the broker',
    },
    tls: clientTls,
    insecure: {
      type: 'boolean',
      default: DEFAULTS.kafka.insecure,
      description: 'true to use Kafka without TLS beyond loopback',
    },
    sasl: mapping(
      {
        mechanism: oneOf(['plain', 'scram-sha-256', 'scram-sha-512', 'oauthbearer']),
        username: text('the user to sign in to Kafka as'),
        password: secret,
        token: secret,
      },
      ['mechanism'],
    ),
  },
  ['brokers'],
);

const store = mapping(
  {
    url: text('the http or https URL of a ClickHouse', { pattern: '^https?://[^/?#@]+/?$' }),
    username: text('the user to sign in to ClickHouse as', { default: DEFAULTS.store.username }),
    password: secret,
    database: text('letters, digits, _', {
      pattern: '^[A-Za-z_][A-Za-z0-9_]{0,62}$',
      default: DEFAULTS.store.database,
    }),
    cluster: text('the name of a cluster in ClickHouse; default: one server', {
      pattern: '^[A-Za-z0-9_{}.-]{1,64}$',
    }),
    tls: mapping({ ca: path('certificates to trust, PEM') }),
    insecure: {
      type: 'boolean',
      default: DEFAULTS.store.insecure,
      description: 'true to use ClickHouse without TLS beyond loopback',
    },
  },
  ['url'],
);

const mount = (standard: string) =>
  text('letters, digits, _ . - /: where it is mounted in Vault', {
    pattern: '^[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*$',
    default: standard,
  });

const vault = mapping(
  {
    address: text('the http or https URL of a Vault', { pattern: '^https?://[^/?#@]+/?$' }),
    namespace: text('letters, digits, _ . - /', { pattern: '^[A-Za-z0-9_./-]{1,256}$' }),
    ca: path('certificates to trust, PEM'),
    kv: mount(DEFAULTS.vault.kv),
    database: mount(DEFAULTS.vault.database),
    auth: mapping({
      token: secret,
      appRole: mapping(
        {
          roleId: text('the role ID of an AppRole'),
          secretId: secret,
          mount: mount(DEFAULTS.vault.appRole),
        },
        ['roleId', 'secretId'],
      ),
      kubernetes: mapping(
        {
          role: text('the role to sign in as'),
          jwt: secret,
          mount: mount(DEFAULTS.vault.kubernetes),
        },
        ['role', 'jwt'],
      ),
    }),
  },
  ['address', 'auth'],
);

const credential = mapping({
  username: text('the user to sign in to the target as'),
  password: text(REFERENCES, { pattern: '^(env|file|vault|sealed):.+$' }),
});

const target = mapping(
  {
    name: text('letters, digits, _ . -; clients give it as the database name', {
      pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$',
    }),
    protocol: oneOf(['postgres']),
    address: address(),
    database: text('the database to open at the target'),
    credential,
    credentials: listOf(
      mapping({ group: text('a group of identities, as their tokens have it'), credential }, [
        'group',
        'credential',
      ]),
      64,
      { default: [], $comment: 'The first whose group an identity is in; else `credential`.' },
    ),
    tls: mapping({
      mode: oneOf(['disable', 'verify-full'], {
        $comment: `Default: ${DEFAULTS.target.tls}; on loopback ${DEFAULTS.target.tlsOnLoopback}.`,
      }),
      ca: path('certificates to trust, PEM'),
    }),
    durability: oneOf(['strict', 'fast'], { default: DEFAULTS.target.durability }),
    capture: mapping({
      output: {
        anyOf: [{ enum: ['all', 'digest'] }, mapping({ head: { $ref: '#/$defs/size' } }, ['head'])],
        default: DEFAULTS.target.output,
        description: 'all, digest, or {head: SIZE}',
      },
    }),
    environment: text('a word such as production'),
    owner: text('the team or person that answers for the target'),
  },
  ['name', 'protocol', 'address', 'database'],
);

const tracing = mapping(
  {
    endpoint: text('the http or https URL of a collector that takes OTLP over HTTP', {
      pattern: '^https?://[^?#@]+$',
      $comment: 'Without the /v1/traces at its end.',
    }),
    sampleRatio: {
      type: 'number',
      minimum: 0,
      maximum: 1,
      default: DEFAULTS.tracing.sampleRatio,
      description: 'a number from 0 to 1',
      $comment: 'The part of all commands that is traced.',
    },
    headers: {
      type: 'object',
      additionalProperties: secret,
      propertyNames: { pattern: '^[A-Za-z0-9_-]{1,64}$' },
      maxProperties: 16,
      description: '{NAME: env:NAME or file:PATH}, never the secret itself',
    },
    insecure: {
      type: 'boolean',
      default: DEFAULTS.tracing.insecure,
      description: 'true to send traces without TLS beyond loopback',
    },
  },
  ['endpoint'],
);

const groupNames = listOf(text('the name of a group'), 100, { minItems: 1 });

const people = mapping(
  {
    issuer: text('an https URL: the issuer of the OpenID provider'),
    clientId: text('the client that Steno is registered as at the provider'),
    clientSecret: { ...secret, $comment: 'Without one Steno is a public client.' },
    scopes: listOf(text('a scope'), 16, { default: DEFAULTS.people.scopes }),
    groups: text('the name of the claim that lists the groups of a person', {
      default: DEFAULTS.people.groups,
    }),
    roles: {
      ...mapping(Object.fromEntries(USER_ROLES.map((role) => [role, groupNames]))),
      minProperties: 1,
      description: `{ROLE: [GROUP…]}, of ${USER_ROLES.join(', ')}`,
    },
    name: text('a text with claims in it, like ${name}', {
      pattern: CLAIM_TEMPLATE,
      default: DEFAULTS.people.name,
      $comment: 'What to call a person.',
    }),
    ...quantities(PEOPLE_TIMES),
  },
  ['issuer', 'clientId', 'roles'],
);

/** JSON Schema of steno.yaml, published as docs/steno.schema.json. */
export const CONFIG_SCHEMA = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'steno.yaml',
  $defs: definitions,
  ...mapping({
    data: { ...path('the data directory'), default: DEFAULTS.data },
    log: mapping({ kafka }),
    store,
    keys: mapping({ root: path('the keys of the installation') }),
    admin: mapping({ listen: address({ default: DEFAULTS.admin.listen }) }),
    control: mapping(quantities(CONTROL_TIMES)),
    web: mapping({
      listen: address({ default: DEFAULTS.web.listen }),
      names: listOf(
        text('a host name by which browsers call the console', { pattern: HOST_PATTERN }),
        16,
        { default: [] },
      ),
      url: text('an http or https URL without a path: where browsers call the console', {
        pattern: '^https?://[^/?#@]+/?$',
        $comment: 'Default: https and the first name; without one, where it listens.',
      }),
      tls,
      insecure: {
        type: 'boolean',
        default: DEFAULTS.web.insecure,
        description: 'true to serve the console without TLS beyond loopback',
      },
    }),
    gateways: mapping({
      postgres: mapping({
        listen: address({ default: DEFAULTS.gateways.postgres.listen }),
        tls: gatewayTls,
        insecure: {
          type: 'boolean',
          default: DEFAULTS.gateways.postgres.insecure,
          description: 'true to let tokens arrive without TLS from beyond loopback',
        },
        proxyProtocol: {
          type: 'boolean',
          default: DEFAULTS.gateways.postgres.proxyProtocol,
          description: 'true where a balancer sends the PROXY protocol, version 2',
        },
        peer: address({
          $comment: 'Where other captures reach this one.',
        }),
      }),
    }),
    targets: listOf(target, 10_000, { default: [] }),
    issuers: listOf(issuer, 100, { default: [] }),
    credentials: mapping({ key: path('the keys that open sealed credentials') }),
    vault,
    registration: oneOf(['required', 'observe'], {
      default: DEFAULTS.registration,
      $comment: 'With `required` only identities that were declared and approved get sessions.',
    }),
    policies: listOf(path('policies in Cedar'), 64, {
      default: [],
      $comment: 'Without any, everything is allowed.',
    }),
    limits: mapping(quantities(LIMITS)),
    sessions: mapping({
      ...quantities(SESSION_TIMES),
      endWithToken: {
        type: 'boolean',
        default: DEFAULTS.sessions.endWithToken,
        description: 'true to end a session when its token expires',
      },
    }),
    retention: mapping(quantities(RETENTION)),
    tracing,
    people,
    approvals: mapping({ webhook: WEBHOOK_SCHEMA }),
  }),
} as const;
