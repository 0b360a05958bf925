import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

// Answers as Vault's HTTP API is documented to, as far as Steno asks. What it does was compared
// with Vault 1.21.4 by hand; it is NOT Vault.

type Json = Readonly<Record<string, unknown>>;

interface Answer {
  readonly status: number;
  readonly body?: Json;
}

interface Lease {
  readonly username: string;
  readonly until: number;
}

export interface VaultDoubleOptions {
  /** Of the leases of users. */
  readonly leaseSeconds?: number;
  /** Of the tokens of sign-ins. */
  readonly tokenSeconds?: number;
  /** Makes the user at the database. */
  readonly create?: (username: string, password: string) => Promise<void>;
  readonly drop?: (username: string) => Promise<void>;
}

export class VaultDouble {
  /** `METHOD path` of all that was asked. */
  readonly asked: string[] = [];
  readonly leases = new Map<string, Lease>();
  /** By their path, behind the mount `secret`. */
  readonly secrets = new Map<string, Json>();
  readonly tokens = new Set<string>();
  /** What is answered whatever is asked. */
  outage: number | undefined;
  /** `METHOD path` of what no token may do. */
  denied: string | undefined;
  /** Not answered at all. */
  isMute = false;
  readonly secretId = randomUUID();
  readonly jwt = 'a.service.account';

  private constructor(
    private readonly server: Server,
    private readonly options: VaultDoubleOptions,
  ) {}

  static async start(options: VaultDoubleOptions = {}): Promise<VaultDouble> {
    const server = createServer();
    const double = new VaultDouble(server, options);
    server.on('request', (request, response) => void double.serve(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => {
      this.server.close(() => {
        resolve();
      });
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const path = (request.url ?? '').replace(/^\/v1\//, '');
    const asked = `${request.method} ${path}`;
    this.asked.push(asked);
    if (this.isMute) return;
    const body = text === '' ? {} : (JSON.parse(text) as Json);
    const token = request.headers['x-vault-token'];
    const answer =
      this.outage === undefined
        ? await this.answer(asked, body, String(token))
        : { status: this.outage, body: { errors: ['the password was hunter2'] } };
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
  }

  private answer(asked: string, body: Json, token: string): Answer | Promise<Answer> {
    switch (asked) {
      case 'POST auth/approle/login':
        return this.signIn(body['role_id'] === 'steno' && body['secret_id'] === this.secretId);
      case 'POST auth/k8s/login':
        return this.signIn(body['role'] === 'steno' && body['jwt'] === this.jwt);
      default:
        if (!this.tokens.has(token) || asked === this.denied)
          return { status: 403, body: { errors: ['permission denied'] } };
        return this.answerKnown(asked, body, token);
    }
  }

  private answerKnown(asked: string, body: Json, token: string): Answer | Promise<Answer> {
    const id = String(body['lease_id']);
    switch (asked) {
      case 'POST auth/token/renew-self':
        return { status: 200, body: { auth: this.authOf(token) } };
      case 'GET auth/token/lookup-self':
        return { status: 200, body: { data: { policies: ['steno'] } } };
      case 'PUT sys/leases/renew':
        return this.renew(id);
      case 'PUT sys/leases/revoke':
        return this.revoke(id);
      default:
        if (asked.startsWith('GET secret/data/')) return this.read(asked.slice(16));
        if (asked.startsWith('GET database/creds/')) return this.lease(asked.slice(19));
        return { status: 404, body: { errors: [] } };
    }
  }

  private signIn(isKnown: boolean): Answer {
    if (!isKnown) return { status: 400, body: { errors: ['invalid role or secret ID'] } };
    const token = `hvs.${randomBytes(24).toString('base64url')}`;
    this.tokens.add(token);
    return { status: 200, body: { auth: this.authOf(token) } };
  }

  private authOf(token: string): Json {
    const { tokenSeconds = 3600 } = this.options;
    return { client_token: token, lease_duration: tokenSeconds, renewable: true };
  }

  private read(path: string): Answer {
    const data = this.secrets.get(path);
    if (data === undefined) return { status: 404, body: { errors: [] } };
    return { status: 200, body: { lease_id: '', data: { data, metadata: { version: 1 } } } };
  }

  private async lease(role: string): Promise<Answer> {
    if (role !== 'readonly') return { status: 400, body: { errors: [`unknown role: ${role}`] } };
    const { leaseSeconds = 3600, create } = this.options;
    const id = `database/creds/${role}/${randomBytes(12).toString('base64url')}`;
    const username = `v-approle-${role}-${randomBytes(6).toString('hex')}`;
    const password = randomBytes(15).toString('base64url');
    await create?.(username, password);
    this.leases.set(id, { username, until: Date.now() + leaseSeconds * 1000 });
    return {
      status: 200,
      body: {
        lease_id: id,
        lease_duration: leaseSeconds,
        renewable: true,
        data: { username, password },
      },
    };
  }

  private renew(id: string): Answer {
    const lease = this.leases.get(id);
    if (lease === undefined || lease.until < Date.now()) {
      return { status: 400, body: { errors: ['lease not found'] } };
    }
    const { leaseSeconds = 3600 } = this.options;
    this.leases.set(id, { ...lease, until: Date.now() + leaseSeconds * 1000 });
    return {
      status: 200,
      body: { lease_id: id, lease_duration: leaseSeconds, renewable: true },
    };
  }

  private async revoke(id: string): Promise<Answer> {
    const lease = this.leases.get(id);
    this.leases.delete(id);
    if (lease !== undefined) await this.options.drop?.(lease.username);
    return { status: 204 };
  }
}
