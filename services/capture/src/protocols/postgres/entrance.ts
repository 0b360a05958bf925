import type { Opening, Reached } from '../../gateway/admission.js';
import type { SessionGate } from '../../session/session-gate.js';
import type { PostgresErrorName } from './errors.js';
import { Gates } from './gates.js';
import type { GatesOptions } from './gates.js';
import { NEWEST_MINOR } from './handshake.js';
import type { Visitor } from './lobby.js';
import { connectUpstream, withSettings } from './upstream.js';
import type { Upstream } from './upstream.js';

/** What a session runs over. */
export interface Way {
  readonly upstream: Upstream;
  readonly gate: SessionGate;
}

/** Leads those who have a session to their target. */
export class Entrance {
  private readonly gates: Gates;

  constructor(private readonly options: GatesOptions) {
    this.gates = new Gates(options);
  }

  async connect(
    opening: Opening,
    { identity, startup }: Visitor,
  ): Promise<Reached<Way, PostgresErrorName>> {
    const { target, lease, ruled } = opening;
    const parameters = withSettings(startup.parameters, ruled.settings);
    const minor = Math.min(startup.minor, NEWEST_MINOR);
    const { connectTimeoutMs } = this.options.limits;
    const asked = { ...startup, parameters, minor };
    const upstream = await connectUpstream({ target, lease }, asked, connectTimeoutMs);
    if ('name' in upstream) return { refusal: upstream };
    const gate = await this.gates.open(opening, identity, { startup, upstream });
    return { way: { upstream, gate } };
  }
}
