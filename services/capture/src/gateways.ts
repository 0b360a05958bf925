import type { GatewayOptions, SessionRules } from './options.js';
import { Admission } from './gateway/admission.js';
import type { AdmissionOptions } from './gateway/admission.js';
import { Listener } from './gateway/listener.js';
import { RunningSessions } from './gateway/running-sessions.js';
import { PostgresGateway } from './protocols/postgres/gateway.js';
import type { PostgresGatewayOptions } from './protocols/postgres/gateway.js';

const DRAIN_LOOK_MS = 50;

export interface GatewaysOptions
  extends
    Omit<AdmissionOptions, 'running'>,
    Omit<PostgresGatewayOptions, 'admission' | 'running' | 'gateway'> {
  readonly rules: SessionRules;
  /** Undefined: there is none. */
  readonly postgres: GatewayOptions | undefined;
}

/** Where each listens. */
export interface GatewayAddresses {
  readonly postgres?: { readonly host: string; readonly port: number };
}

/** All gateways, and the sessions that run through them. */
export class Gateways {
  readonly running: RunningSessions;
  private readonly admission: Admission;
  private readonly listener: Listener | undefined;

  constructor(private readonly options: GatewaysOptions) {
    const { postgres, rules, registration, warn } = options;
    const lists = { now: (): string | undefined => gateway?.revoked, warn };
    const running = new RunningSessions(rules, registration, lists);
    const admission = new Admission({ ...options, running });
    const gateway =
      postgres && new PostgresGateway({ ...options, gateway: postgres, admission, running });
    this.running = running;
    this.admission = admission;
    this.listener =
      gateway && new Listener({ ...postgres, warn }, (socket) => gateway.receive(socket));
  }

  /** Takes connections, which wait until they are served. */
  async listen(): Promise<GatewayAddresses> {
    return this.listener === undefined ? {} : { postgres: await this.listener.listen() };
  }

  serve(): void {
    this.listener?.serve();
  }

  /** No new sessions; idle ones end now, the others when they become idle or the time is up. */
  async drain(): Promise<void> {
    const { admission, running, listener } = this;
    admission.drain();
    listener?.stop();
    running.drain();
    const deadline = Date.now() + this.options.rules.drainMs;
    while (running.size + admission.pending > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, DRAIN_LOOK_MS));
      running.sweep();
    }
    running.endAll();
    await listener?.end();
  }
}
