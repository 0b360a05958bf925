import { startDemoBots } from '../demo/bots.js';
import type { DemoBots } from '../demo/bots.js';
import { startDemoTarget } from '../demo/demo-target.js';
import type { DemoTarget } from '../demo/demo-target.js';
import { parseAddress } from '../config/address.js';
import { CliError } from '../cli/errors.js';
import type { DataLayout } from '../data-directory/layout.js';
import { loadOrCreateDevelopmentIssuer } from '../issuer/development-issuer.js';
import { reasonOf } from './log-lines.js';
import type { Log } from './log.js';
import { DEMO_TARGET } from './messages.js';
import type { DemoTargetStart } from './messages.js';

/** The demo of `up --demo`: a Postgres with a shop in it, and two bots at work there. */
export class Demo {
  private bots: DemoBots | undefined;
  private isStopping = false;

  private constructor(
    private readonly target: DemoTarget,
    private readonly layout: DataLayout,
    private readonly log: Log,
  ) {}

  static async start(layout: DataLayout, log: Log): Promise<Demo> {
    try {
      const target = await startDemoTarget({ directory: layout.demo });
      const demo = new Demo(target, layout, log);
      void target.exited.then(({ stderr }) => {
        if (demo.isStopping) return;
        log.say('warn', 'the demo’s Postgres ended by itself', { stderr });
      });
      return demo;
    } catch (error) {
      throw new CliError('cannot-start', `The demo's Postgres: ${reasonOf(error)}`);
    }
  }

  /** What capture needs to know of the target. */
  get forCapture(): DemoTargetStart {
    const { address, database, username, password } = this.target;
    const parsed = parseAddress(address);
    if (parsed === undefined) throw new CliError('cannot-start', `${address} is no address.`);
    return {
      password,
      target: {
        name: DEMO_TARGET,
        protocol: 'postgres',
        address: parsed,
        database,
        credential: { username, password: undefined },
        credentials: [],
        tls: { mode: 'disable', ca: undefined },
        durability: 'strict',
        capture: { output: 'all' },
        environment: 'demo',
        owner: '',
      },
    };
  }

  async sendBots(gateway: { host: string; port: number }): Promise<void> {
    const issuer = await loadOrCreateDevelopmentIssuer(this.layout.root);
    this.bots = startDemoBots({
      gateway,
      target: DEMO_TARGET,
      token: (identity, claims) => issuer.mintToken({ identity, claims }),
      log: (message, details) => {
        this.log.say('info', message, details);
      },
    });
  }

  async stopBots(): Promise<void> {
    await this.bots?.stop();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.stopBots();
    await this.target.stop();
  }
}
