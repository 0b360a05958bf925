import type { Config } from '../config/config.js';
import type { Context } from './context.js';
import { fail, ok } from './doctor/check.js';
import type { Check, Patient } from './doctor/check.js';
import { checkCertificates } from './doctor/certificates.js';
import { checkCredentials } from './doctor/credentials.js';
import {
  checkDataDirectory,
  checkPolicies,
  checkReferences,
  checkSecretFiles,
} from './doctor/data.js';
import { checkClock, checkNode, checkPlatform, checkSpace } from './doctor/machine.js';
import { checkIssuers, checkPorts, checkRunning, checkTargets } from './doctor/network.js';
import { checkWebhook } from './doctor/webhook.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { addVerb, loadConfig } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';
import { visible } from './visible.js';

const MARKS = { ok: ['green', '✓'], warn: ['yellow', '!'], fail: ['red', '✗'] } as const;

export const defineDoctor: DefineVerb = (program, context, finish) => {
  addVerb(
    program,
    'doctor',
    'Checks this machine, the configuration and the data directory.',
  ).action(async (options: SharedOptions) => {
    let failed = 0;
    for await (const check of examine(context, options)) {
      if (check.status === 'fail') failed += 1;
      await (options.json === true ? context.out.json(check) : print(context, check));
    }
    finish(failed === 0 ? EXIT.done : EXIT.refused);
  });
};

async function print({ out }: Context, { check, status, message, advice }: Check): Promise<void> {
  const [colour, mark] = MARKS[status];
  const label = `${out.paint(colour, mark)} ${status.padEnd(4)} ${check.padEnd(10)}`;
  const [first = '', ...more] = message.split('\n').map(visible);
  await out.line(`${label} ${first}`);
  const indent = ' '.repeat(18);
  for (const line of more) await out.line(indent + line.trimStart());
  if (advice !== undefined) await out.line(`${indent}${out.paint('dim', visible(advice))}`);
}

async function* examine(context: Context, options: SharedOptions): AsyncGenerator<Check> {
  yield checkNode();
  yield* checkPlatform();
  yield checkClock();
  const config = tryConfig(context, options);
  if ('status' in config) {
    yield config;
    return;
  }
  yield ok('config', config.file ?? 'no steno.yaml: defaults');
  const patient: Patient = { config, environment: context.environment };
  yield await checkDataDirectory(patient);
  yield await checkSpace(patient);
  yield await checkSecretFiles(patient);
  yield* await checkReferences(patient);
  yield* await checkCertificates(patient);
  yield* await checkCredentials(patient);
  yield await checkPolicies(patient);
  yield* await checkIssuers(patient);
  yield* await checkTargets(patient);
  yield* await checkWebhook(patient);
  const up = await checkRunning(patient);
  yield up;
  yield* await checkPorts(patient, up.message.startsWith('`steno up`'));
}

function tryConfig(context: Context, options: SharedOptions): Config | Check {
  try {
    return loadConfig(context, options);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return fail('config', error.message, error.hint);
  }
}
