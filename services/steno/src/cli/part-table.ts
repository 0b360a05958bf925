import type { Address } from '../config/address.js';
import type { Config } from '../config/config.js';
import type { Log } from '../up/log.js';
import type { Part } from '../up/messages.js';
import { checkGateway, checkWeb } from '../up/preflight.js';

export type PartName = 'capture' | 'projector' | 'api';

interface PartVerb {
  readonly summary: string;
  /** Loaded when it runs, since that takes longer than most verbs. */
  readonly load: () => Promise<Part>;
  readonly listen: (config: Config) => Address;
  /** Looks at what this part refers to: all have one steno.yaml, and each its own secrets. */
  readonly check: (config: Config, log: Log) => void | Promise<void>;
  readonly usesStore: boolean;
  /** Whether it says at admin.listen how it is; the api says it itself. */
  readonly hasAdmin: boolean;
}

const NOWHERE: Address = { host: '', port: 0 };
export const PARTS: Readonly<Record<PartName, PartVerb>> = {
  capture: {
    summary: 'Runs the gateways alone, on a Kafka that all parts share.',
    load: async () => (await import('../up/parts/capture.js')).startCapturePart,
    listen: ({ gateways }) => gateways.postgres.listen,
    check: checkGateway,
    usesStore: false,
    hasAdmin: true,
  },
  projector: {
    summary: 'Runs the projector alone: from Kafka into ClickHouse.',
    load: async () => (await import('../up/parts/worker.js')).startWorkerPart,
    listen: () => NOWHERE,
    check: () => undefined,
    usesStore: true,
    hasAdmin: true,
  },
  api: {
    summary: 'Runs the console and its api alone.',
    load: async () => (await import('../up/parts/api.js')).startApiPart,
    listen: ({ web }) => web.listen,
    check: checkWeb,
    usesStore: true,
    hasAdmin: false,
  },
};
