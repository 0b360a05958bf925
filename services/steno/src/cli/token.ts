import { InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../config/quantity.js';
import { loadOrCreateDevelopmentIssuer, TOKEN_TTL_SECONDS } from '../issuer/development-issuer.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { addVerb, loadConfig } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

interface Options extends SharedOptions {
  readonly identity: string;
  readonly claim?: Readonly<Record<string, string>>;
  readonly ttl: number;
  readonly demo?: boolean;
}

export const defineToken: DefineVerb = (program, context, finish) => {
  addVerb(program, 'token', 'Makes a token of the development issuer, for trying Steno out.')
    .requiredOption('--identity <name>', 'who the token speaks for')
    .option('--claim <name=value>', 'a claim to put in it; may be repeated', addClaim)
    .addOption(
      new Option('--ttl <duration>', 'how long it is valid: 1s to 24h')
        .argParser(parseTtl)
        .default(TOKEN_TTL_SECONDS.fallback, '15m'),
    )
    .option('--demo', 'for a `steno up --demo` whose steno.yaml has issuers')
    .action(async (options: Options) => {
      const config = loadConfig(context, options);
      if (config.issuers.length > 0 && options.demo !== true) {
        throw new CliError('no-development-issuer');
      }
      const issuer = await loadOrCreateDevelopmentIssuer(config.data);
      const { identity, claim = {}, ttl } = options;
      const expires = Math.floor(Date.now() / 1000) + ttl;
      const token = await issuer.mintToken({ identity, claims: claim, ttlSeconds: ttl });
      if (options.json === true) {
        const expiresAt = new Date(expires * 1000).toISOString();
        await context.out.json({ token, identity, issuer: issuer.issuer, expiresAt });
      } else await context.out.line(token);
      finish(EXIT.done);
    });
};

function addClaim(
  text: string,
  previous: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const equals = text.indexOf('=');
  if (equals < 1) throw new InvalidArgumentError('It must be name=value.');
  const name = text.slice(0, equals);
  if (Object.hasOwn(previous, name)) throw new InvalidArgumentError(`${name} is there twice.`);
  // Object.fromEntries, since a claim may be called __proto__.
  return Object.fromEntries([...Object.entries(previous), [name, text.slice(equals + 1)]]);
}

function parseTtl(text: string): number {
  const seconds = (parseDuration(text) ?? Number.NaN) / 1000;
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= TOKEN_TTL_SECONDS.max) return seconds;
  throw new InvalidArgumentError('It must be 1s to 24h, in whole seconds.');
}
