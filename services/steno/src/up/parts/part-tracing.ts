import type { Origin } from '@steno/sessions';
import type { Tracing } from '../../tracing/tracing.js';
import { logLine } from '../log-lines.js';
import type { ChildStart } from '../messages.js';

const SERVICES = { capture: 'steno-capture', worker: 'steno-projector' } as const;

/**
 * Undefined where nothing is traced: then none of it is loaded.
 *
 * @throws CliError where a header's value is not there
 */
export async function openTracing(
  { config, instance, version }: ChildStart,
  role: keyof typeof SERVICES,
  { clock }: Origin,
): Promise<Tracing | undefined> {
  const { tracing, baseDirectory } = config;
  if (tracing === undefined) return undefined;
  const loaded = await import('../../tracing/tracing.js');
  const of = { service: SERVICES[role], instance, version, clock };
  const warn = (message: string, details: Readonly<Record<string, unknown>>): void => {
    logLine(role, 'warn', message, details);
  };
  return new loaded.Tracing({ config: tracing, baseDirectory, ...of, warn });
}
