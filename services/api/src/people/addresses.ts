const PORT = /:\d{1,5}$/;
const SCHEME = /^https?:\/\//;

/** By what this server may be called. */
export class Addresses {
  /**
   * @param own values of Host, where it listens itself
   * @param names host names of whatever stands before it, with any port and any scheme there
   */
  constructor(
    private readonly scheme: 'http' | 'https',
    private readonly own: ReadonlySet<string>,
    private readonly names: ReadonlySet<string>,
  ) {}

  /** Whether a value of Host means this server. */
  includes(host: string): boolean {
    return this.own.has(host.toLowerCase()) || this.names.has(nameOf(host));
  }

  /** Whether a page of `origin` is of the console that `host` means. */
  isOwnOrigin(origin: string, host: string): boolean {
    if (origin === `${this.scheme}://${host}`.toLowerCase()) return true;
    const name = nameOf(host);
    return (
      this.names.has(name) && SCHEME.test(origin) && nameOf(origin.replace(SCHEME, '')) === name
    );
  }
}

function nameOf(host: string): string {
  return host.toLowerCase().replace(PORT, '');
}
