import { X509Certificate, constants } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { DetailedPeerCertificate, SecureContext, TLSSocket, TLSSocketOptions } from 'node:tls';
import { identityOfCertificate, problem } from '../authentication/client-certificate.js';
import type { CertificateProblem } from '../authentication/client-certificate.js';
import { certificateName } from '../authentication/revocation-list.js';
import type { VerifiedIdentity } from '../authentication/token-verifier.js';
import type { Authorities, GatewayTls, OwnCertificate } from '../options.js';

/** Certificates of one chain; OpenSSL takes no longer ones. */
const CHAIN_MAX = 100;

type Warn = (message: string, details: Readonly<Record<string, unknown>>) => void;

/** What TLS goes by. */
interface Material {
  readonly own: OwnCertificate;
  readonly authorities: Authorities | undefined;
}

/** TLS towards clients, and who they are by their certificates. */
export class FrontTls {
  private context: SecureContext;
  /** As it was found last. */
  private found: Material;
  private inUse: Material;

  constructor(
    private readonly options: GatewayTls,
    private readonly warn: Warn,
  ) {
    this.found = this.find();
    this.inUse = this.found;
    this.context = makeContext(this.found);
  }

  /** Of the certificate that is shown. */
  get fingerprint256(): string {
    this.renew();
    return new X509Certificate(this.inUse.own.cert).fingerprint256;
  }

  /** What a connection is secured by now. */
  get socketOptions(): Pick<
    TLSSocketOptions,
    'secureContext' | 'requestCert' | 'rejectUnauthorized'
  > {
    this.renew();
    // What is wrong with a certificate is told in the client's protocol, not by TLS.
    const asked = { requestCert: true, rejectUnauthorized: false };
    return { secureContext: this.context, ...(this.options.clients === undefined ? {} : asked) };
  }

  /** The lists of revoked certificates, in PEM; the same text as long as they have not changed. */
  get revoked(): string | undefined {
    this.renew();
    return this.inUse.authorities?.crl;
  }

  /** Undefined: it shows no certificate, or none is asked for. */
  identityOf(secured: TLSSocket): VerifiedIdentity | CertificateProblem | undefined {
    const { clients } = this.options;
    const certificate = clients && secured.getPeerX509Certificate();
    if (clients === undefined || certificate === undefined) return undefined;
    const distrust = whyDistrusted(secured);
    if (distrust !== undefined) return problem(certificate, distrust);
    const shown = secured.getPeerCertificate(true);
    const identity = identityOfCertificate(certificate, shown, clients);
    return { ...identity, ...(identity.kind === 'verified' && { certificates: chainOf(shown) }) };
  }

  private find(): Material {
    const { certificate, clients } = this.options;
    return { own: certificate(), authorities: clients?.authorities() };
  }

  /** One by one: where one of them is wrong, the other is renewed all the same. */
  private renew(): void {
    const { own, authorities } = this.find();
    const { found } = this;
    this.found = { own, authorities };
    if (own !== found.own) {
      this.take({ ...this.inUse, own }, 'the certificate of the gateway stays as it was');
    }
    if (authorities !== found.authorities) {
      this.take({ ...this.inUse, authorities }, 'the authorities of clients stay as they were');
    }
  }

  private take(material: Material, otherwise: string): void {
    try {
      this.context = makeContext(material);
      this.inUse = material;
    } catch (error) {
      this.warn(otherwise, { reason: String(error) });
    }
  }
}

/** Throws where it is no certificate, or another key's. */
function makeContext({ own: { cert, key }, authorities }: Material): SecureContext {
  // Of an empty text, as of a file that is being written, Node would think that none is given.
  const own = { cert: Buffer.from(cert), key: Buffer.from(key) };
  if (authorities === undefined) return createSecureContext(own);
  const { ca, crl } = authorities;
  return createSecureContext({
    ...own,
    ca: pemsIn(ca, 'CERTIFICATE'),
    ...(crl === undefined ? {} : { crl: pemsIn(crl, 'X509 CRL') }),
    // A session that is resumed would bring its certificate along unchecked.
    secureOptions: constants.SSL_OP_NO_TICKET,
  });
}

/**
 * One by one, since of lists Node reads the first alone. Throws where there is none: Node would
 * trust all that browsers trust, or revoke nothing.
 */
function pemsIn(text: string, label: string): string[] {
  const [begin, end] = [`-----BEGIN ${label}-----`, `-----END ${label}-----`];
  const found = text.match(new RegExp(`${begin}[^-]+${end}`, 'g'));
  if (found === null) throw new Error(`there is no ${label} in the file`);
  return found;
}

/** From the client's own to that of an authority, which Node says is issued by itself. */
function chainOf(own: DetailedPeerCertificate): readonly string[] {
  const names: string[] = [];
  let at: DetailedPeerCertificate | undefined = own;
  while (at?.raw !== undefined && names.length < CHAIN_MAX) {
    names.push(certificateName(at.raw));
    const by: DetailedPeerCertificate | undefined = at.issuerCertificate;
    at = by === at ? undefined : by;
  }
  return names;
}

/** OpenSSL's word; Node passes it on for sockets of its own servers only. */
function whyDistrusted(secured: TLSSocket): string | undefined {
  const { ssl } = secured as TLSSocket & { readonly ssl?: Partial<TlsHandle> | null };
  if (ssl?.verifyError === undefined) return 'It cannot be verified.';
  const error = ssl.verifyError();
  return error === null || error === undefined ? undefined : `OpenSSL says: ${error.message}.`;
}

interface TlsHandle {
  verifyError(): Error | null | undefined;
}
