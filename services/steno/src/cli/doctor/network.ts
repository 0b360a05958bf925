import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { formatAddress } from '../../config/address.js';
import type { Address } from '../../config/address.js';
import { readApiFile } from '../api-address.js';
import { CliError } from '../errors.js';
import { fail, ok, warn } from './check.js';
import type { Check, Patient } from './check.js';

const ANSWER_MS = 3000;
const MAX_SKEW_MS = 30_000;

/** Whether a `steno up` runs on the data directory. */
export async function checkRunning({ config }: Patient): Promise<Check> {
  let url: string;
  try {
    const address = readApiFile(config.data);
    if (address === undefined) return ok('up', 'no `steno up` has run on this data directory yet');
    url = address.url;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return fail('up', error.message, error.hint);
  }
  try {
    const response = await ask(`${url}/readyz`);
    if (response.ok) return ok('up', `\`steno up\` runs at ${url}`);
    const advice = 'Give it a moment; else read its log.';
    return warn('up', `\`steno up\` at ${url} is not ready (${response.status})`, advice);
  } catch {
    return ok('up', 'no `steno up` is running on this data directory');
  }
}

/** @param running whether a `steno up` may hold the ports itself */
export async function checkPorts({ config }: Patient, running: boolean): Promise<Check[]> {
  const { web, gateways } = config;
  const listens: readonly (readonly [string, Address])[] = [
    ['web.listen', web.listen],
    ['gateways.postgres.listen', gateways.postgres.listen],
  ];
  return Promise.all(
    listens.map(async ([key, address]) => {
      const where = `${key} ${formatAddress(address)}`;
      if (address.port === 0) return ok('port', `${where}: a free one is taken`);
      const code = await tryListening(address);
      if (code === undefined) return ok('port', `${where} is free`);
      if (running && code === 'EADDRINUSE')
        return ok('port', `${where} is in use, by Steno it seems`);
      return fail('port', `${where}: ${code}`, 'Stop what uses it, or choose another.');
    }),
  );
}

export async function checkTargets({ config }: Patient): Promise<Check[]> {
  return Promise.all(
    config.targets.map(async ({ name, address }) => {
      const where = `target ${name} at ${formatAddress(address)}`;
      const reason = await tryConnecting(address);
      if (reason === undefined) return ok('target', `${where} answers`);
      return warn('target', `${where}: ${reason}`, 'Check its address, and that it runs.');
    }),
  );
}

/** Issuers, or the warning that there are none. Their answers tell the time, too. */
export async function checkIssuers({ config }: Patient): Promise<Check[]> {
  if (config.issuers.length === 0) {
    const message = 'the development issuer is on: whoever reads the data directory makes tokens';
    return [warn('issuer', message, 'Configure `issuers` for anything but trying Steno out.')];
  }
  const checks = config.issuers.map(async ({ issuer, keys }) => {
    if (keys.kind === 'file') return [ok('issuer', `${issuer}: keys from ${keys.path}`)];
    const url =
      keys.kind === 'uri'
        ? keys.uri
        : `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
    try {
      const response = await ask(url);
      if (!response.ok) return [unreachable(issuer, `${url} answered ${response.status}`)];
      return [ok('issuer', `${issuer} answers`), ...checkSkew(issuer, response)];
    } catch (error) {
      return [unreachable(issuer, error instanceof Error ? error.message : String(error))];
    }
  });
  return (await Promise.all(checks)).flat();
}

function unreachable(issuer: string, reason: string): Check {
  return warn('issuer', `${issuer}: ${reason}`, 'No token of it can be checked until it answers.');
}

function checkSkew(issuer: string, response: Response): Check[] {
  const theirs = Date.parse(response.headers.get('date') ?? '');
  const skew = Date.now() - theirs;
  if (Number.isNaN(skew) || Math.abs(skew) <= MAX_SKEW_MS) return [];
  const message = `this clock and that of ${issuer} differ by ${Math.round(skew / 1000)} s`;
  return [warn('clock', message, 'Let NTP set it; else tokens seem expired or not yet valid.')];
}

async function ask(url: string): Promise<Response> {
  const response = await fetch(url, {
    redirect: 'error',
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  await response.body?.cancel();
  return response;
}

async function tryListening({ host, port }: Address): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return reasonOf(error);
  } finally {
    server.close();
  }
}

async function tryConnecting({ host, port }: Address): Promise<string | undefined> {
  const socket = connect({ host, port });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(ANSWER_MS) });
    return undefined;
  } catch (error) {
    return reasonOf(error);
  } finally {
    socket.on('error', () => undefined);
    socket.destroy();
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError') return 'no answer';
  return 'code' in error ? String(error.code) : error.message;
}
