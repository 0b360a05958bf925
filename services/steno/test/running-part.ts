import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EmbeddedKafka } from '@steno/embedded-kafka';
import type { EmbeddedStore } from '@steno/event-store';
import { SpawnedSteno } from './spawned-steno.js';

export interface PartReady {
  readonly ready: true;
  readonly part: string;
  readonly instance: string;
  readonly admin?: string;
  readonly web?: string;
  readonly gateways?: { readonly postgres: string };
}

/** A `steno capture`, `projector` or `api` that a test spawned. */
export class RunningPart extends SpawnedSteno<PartReady> {
  /** In a folder that has a steno.yaml. */
  static spawn(folder: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): RunningPart {
    return new RunningPart(folder, [...args, '--config', 'steno.yaml'], env);
  }

  /** Spawned, and ready. */
  static async start(...args: Parameters<typeof RunningPart.spawn>): Promise<RunningPart> {
    const part = RunningPart.spawn(...args);
    await part.untilReady();
    return part;
  }

  /** Of its Postgres gateway. */
  get port(): number {
    return Number(this.ready.gateways?.postgres.split(':').at(-1));
  }
}

interface Installation {
  readonly kafka: Pick<EmbeddedKafka, 'brokers'>;
  readonly store?: Pick<EmbeddedStore, 'url' | 'username'>;
  /** Path of the keys that all parts share. */
  readonly keys: string;
}

/** A folder of one part with the steno.yaml that all have: what it refers to lies beside it. */
export function partFolder(folder: string, { kafka, store, keys }: Installation): string {
  mkdirSync(folder, { recursive: true });
  const { url = 'http://127.0.0.1:9', username = 'nobody' } = store ?? {};
  const text = `data: ./data
keys: { root: ${keys} }
log: { kafka: { brokers: ['${kafka.brokers.join("', '")}'] } }
store: { url: '${url}', username: ${username}, password: 'file:store-password' }
admin: { listen: 127.0.0.1:0 }
web: { listen: 127.0.0.1:0 }
gateways: { postgres: { listen: 127.0.0.1:0, tls: { cert: gateway.crt, key: gateway.key } } }
targets:
  - name: orders
    protocol: postgres
    address: 127.0.0.1:5432
    database: orders
    credential: { username: app, password: 'file:orders-password' }
    tls: { mode: disable }
`;
  writeFileSync(join(folder, 'steno.yaml'), text);
  return folder;
}
