import { BootStream } from '@steno/event-log';
import { MemoryLog } from '@steno/event-log/memory';
import type { Facts } from '@steno/sessions';
import { RawClient, errorOf } from './raw-client.js';
import { Rig, TestInstallation, targetAt } from './rig.js';
import type { Login, RigOptions, TestTarget } from './rig.js';

/** Two captures of one installation, and an api that speaks to both. */
export class Service {
  private readonly apiOrigin;
  private readonly api;

  private constructor(
    readonly a: Rig,
    readonly b: Rig,
  ) {
    this.apiOrigin = a.installation.origin('api-1', 'api');
    this.api = new BootStream(a.log, 'control', this.apiOrigin);
  }

  static async start(target: TestTarget, options: Partial<RigOptions>): Promise<Service> {
    const log = new MemoryLog();
    const installation = new TestInstallation();
    const common = { targets: [targetAt(target)], log, installation, ...options };
    const a = await Rig.start({ ...common, instance: 'capture-a' });
    const b = await Rig.start({ ...common, instance: 'capture-b' });
    return new Service(a, b);
  }

  get now(): bigint {
    return this.apiOrigin.clock();
  }

  async say(...facts: readonly Facts[]): Promise<void> {
    for (const each of facts) await this.api.record(each);
  }

  async stop(): Promise<void> {
    this.api.committer.stop();
    await this.b.stop();
    await this.a.stop();
  }
}

export async function withService(
  target: TestTarget,
  options: Partial<RigOptions>,
  use: (service: Service) => Promise<void>,
): Promise<void> {
  const service = await Service.start(target, options);
  try {
    await use(service);
  } finally {
    await service.stop();
  }
}

export const login = async (rig: Rig, identity: string) =>
  RawClient.login(await rig.login(identity));

/** What a client is told that gets no session; undefined: it got one. */
export async function refusal(rig: Rig, identity: string) {
  return refusalOf(await rig.login(identity));
}

export async function refusalOf(login: Login) {
  const client = await RawClient.login(login);
  const last = client.messages.at(-1);
  client.close();
  return last?.type === 'E' ? errorOf(last) : undefined;
}

/** All that an event says, for a search of it. */
export function textOf(envelope: object): string {
  return JSON.stringify(envelope, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}
