import { join } from 'node:path';

export const HOST = '127.0.0.1';
const NODE_ID = 1;

/** For SASL PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512 alike; settled at the first start. */
export interface BrokerUser {
  readonly username: string;
  readonly password: string;
}

/** PEM texts; the key as PKCS #8. With `ca`, clients must show a certificate that it issued. */
export interface BrokerTls {
  readonly certificate: string;
  readonly key: string;
  readonly ca?: string | undefined;
}

/**
 * Whose tokens SASL OAUTHBEARER takes. `keys` is the JSON Web Key Set as text. Kafka does not
 * find it in a directory whose path has a space or another character that URLs escape.
 */
export interface TokenIssuer {
  readonly issuer: string;
  readonly audience: string;
  readonly keys: string;
}

export interface Listeners {
  readonly plaintext: number;
  readonly controller: number;
  readonly sasl: number | undefined;
  readonly tls: number | undefined;
  readonly saslTls: number | undefined;
}

export interface ServerOptions {
  readonly users: readonly BrokerUser[];
  readonly tls: BrokerTls | undefined;
  readonly oauthbearer: TokenIssuer | undefined;
  /** Win over ours. */
  readonly settings: Readonly<Record<string, string>>;
}

export type Properties = Readonly<Record<string, string>>;

/** The text of a Java properties file. */
export function propertiesText(properties: Properties): string {
  return Object.entries(properties)
    .map(([name, value]) => `${name}=${escaped(value)}\n`)
    .join('');
}

/** Java reads these files as Latin-1. */
function escaped(value: string): string {
  return value
    .replaceAll('\\', '\\\\')
    .replaceAll('\r', '\\r')
    .replaceAll('\n', '\\n')
    .replace(/^ /, '\\ ')
    .replace(
      /[^\x20-\x7e]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
    );
}

/** What both the format of the storage and the broker itself want to know. */
export function storageProperties(dataDirectory: string, controllerPort: number): Properties {
  const controller = `${HOST}:${controllerPort}`;
  return {
    'process.roles': 'broker,controller',
    'node.id': String(NODE_ID),
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.voters': `${NODE_ID}@${controller}`,
    'listener.security.protocol.map':
      'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL,SASL_TLS:SASL_SSL',
    listeners: `PLAINTEXT://${HOST}:0,CONTROLLER://${controller}`,
    'log.dirs': dataDirectory,
  };
}

export function serverProperties(
  directory: string,
  listeners: Listeners,
  options: ServerOptions,
): Properties {
  const { plaintext, sasl, tls, saslTls } = listeners;
  const advertised = Object.entries({
    PLAINTEXT: plaintext,
    SASL: sasl,
    TLS: tls,
    SASL_TLS: saslTls,
  })
    .filter(([, port]) => port !== undefined)
    .map(([name, port]) => `${name}://${HOST}:${port}`);
  return {
    ...storageProperties(join(directory, 'data'), listeners.controller),
    listeners: [...advertised, `CONTROLLER://${HOST}:${listeners.controller}`].join(','),
    'advertised.listeners': advertised.join(','),
    'inter.broker.listener.name': 'PLAINTEXT',
    'auto.create.topics.enable': 'false',
    'num.partitions': '1',
    'default.replication.factor': '1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    ...(sasl === undefined ? {} : saslProperties('sasl', directory, options)),
    ...(options.tls === undefined ? {} : tlsProperties('tls', options.tls)),
    ...(saslTls === undefined ? {} : saslProperties('sasl_tls', directory, options)),
    ...(saslTls === undefined || options.tls === undefined
      ? {}
      : tlsProperties('sasl_tls', options.tls)),
    ...options.settings,
  };
}

const SECURITY = 'org.apache.kafka.common.security';
const SCRAM_LOGIN = `${SECURITY}.scram.ScramLoginModule required;`;

function saslProperties(listener: string, directory: string, options: ServerOptions): Properties {
  const prefix = `listener.name.${listener}`;
  const mechanisms = [
    ...(options.users.length > 0 ? ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] : []),
    ...(options.oauthbearer === undefined ? [] : ['OAUTHBEARER']),
  ];
  const logins = options.users.map(
    ({ username, password }) => `user_${username}=${quoted(password)}`,
  );
  const plainLogin = [`${SECURITY}.plain.PlainLoginModule required`, ...logins].join(' ');
  return {
    [`${prefix}.sasl.enabled.mechanisms`]: mechanisms.join(','),
    [`${prefix}.plain.sasl.jaas.config`]: `${plainLogin};`,
    [`${prefix}.scram-sha-256.sasl.jaas.config`]: SCRAM_LOGIN,
    [`${prefix}.scram-sha-512.sasl.jaas.config`]: SCRAM_LOGIN,
    ...(options.oauthbearer === undefined
      ? {}
      : tokenProperties(prefix, directory, options.oauthbearer)),
  };
}

export const keySetFile = (directory: string): string => join(directory, 'keys.json');

function tokenProperties(prefix: string, directory: string, tokens: TokenIssuer): Properties {
  const oauth = `${SECURITY}.oauthbearer`;
  const mechanism = `${prefix}.oauthbearer.sasl`;
  const validation = `${prefix}.sasl.oauthbearer`;
  return {
    [`${mechanism}.jaas.config`]: `${oauth}.OAuthBearerLoginModule required;`,
    [`${mechanism}.server.callback.handler.class`]: `${oauth}.OAuthBearerValidatorCallbackHandler`,
    // The default one is content with any signature when it does not find the keys.
    [`${validation}.jwt.validator.class`]: `${oauth}.BrokerJwtValidator`,
    [`${validation}.jwks.endpoint.url`]: keySetUrl(directory),
    [`${validation}.expected.issuer`]: tokens.issuer,
    [`${validation}.expected.audience`]: tokens.audience,
  };
}

/** Unescaped: Kafka takes what follows `file:` as the path. */
export const keySetUrl = (directory: string): string => `file:${keySetFile(directory)}`;

function tlsProperties(listener: string, { certificate, key, ca }: BrokerTls): Properties {
  const prefix = `listener.name.${listener}.ssl`;
  const clients = {
    [`${prefix}.client.auth`]: 'required',
    [`${prefix}.truststore.type`]: 'PEM',
    [`${prefix}.truststore.certificates`]: ca ?? '',
  };
  return {
    [`${prefix}.keystore.type`]: 'PEM',
    [`${prefix}.keystore.certificate.chain`]: certificate,
    [`${prefix}.keystore.key`]: key,
    ...(ca === undefined ? {} : clients),
  };
}

/** As JAAS reads it. */
const quoted = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
