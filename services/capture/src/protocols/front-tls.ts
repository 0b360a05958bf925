import { constants } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { SecureContext, TLSSocket, TLSSocketOptions } from 'node:tls';
import { identityOfCertificate, problem } from '../authentication/client-certificate.js';
import type { CertificateProblem } from '../authentication/client-certificate.js';
import type { VerifiedIdentity } from '../authentication/token-verifier.js';
import type { Authorities, GatewayTls } from '../options.js';

type Warn = (message: string, details: Readonly<Record<string, unknown>>) => void;

/** TLS towards clients, and who they are by their certificates. */
export class FrontTls {
  private context: SecureContext;
  private authorities: Authorities | undefined;

  constructor(
    private readonly options: GatewayTls,
    private readonly warn: Warn,
  ) {
    this.authorities = options.clients?.authorities();
    this.context = this.make(this.authorities);
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

  /** Undefined: it shows no certificate, or none is asked for. */
  identityOf(secured: TLSSocket): VerifiedIdentity | CertificateProblem | undefined {
    const { clients } = this.options;
    const certificate = clients && secured.getPeerX509Certificate();
    if (clients === undefined || certificate === undefined) return undefined;
    const distrust = whyDistrusted(secured);
    if (distrust !== undefined) return problem(certificate, distrust);
    return identityOfCertificate(certificate, secured.getPeerCertificate(), clients);
  }

  private renew(): void {
    const authorities = this.options.clients?.authorities();
    if (authorities === this.authorities) return;
    this.authorities = authorities;
    try {
      this.context = this.make(authorities);
    } catch (error) {
      this.warn('the authorities of clients stay as they were', { reason: String(error) });
    }
  }

  private make(authorities: Authorities | undefined): SecureContext {
    const { cert, key } = this.options;
    if (authorities === undefined) return createSecureContext({ cert, key });
    const { ca, crl } = authorities;
    return createSecureContext({
      cert,
      key,
      ca: pemsIn(ca, 'CERTIFICATE'),
      ...(crl === undefined ? {} : { crl: pemsIn(crl, 'X509 CRL') }),
      // A session that is resumed would bring its certificate along unchecked.
      secureOptions: constants.SSL_OP_NO_TICKET,
    });
  }
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
