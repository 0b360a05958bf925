/**
 * Every limit of the Postgres protocol that this package enforces by itself, in bytes unless the
 * name says otherwise. What depends on a deployment (`maxMessageBytes`, `wholeMessageBytes`) is an
 * option of the scanner.
 */
export const wireLimits = {
  /** Body of the first packet, without its length field: MAX_STARTUP_PACKET_LENGTH of Postgres. */
  startupBytes: 10_000,
  /** Parameters and protocol options of one StartupMessage together, a count. */
  startupParameters: 256,
  /** Secret key of BackendKeyData and CancelRequest: 4 in protocol 3.0, up to 256 from 3.2 on. */
  secretKeyBytesMin: 4,
  secretKeyBytesMax: 256,
  /** SCRAM messages of the server; real ones have about 100 bytes. */
  scramMessageBytes: 4096,
  /** Key derivation rounds that a server may ask of us, a count; Postgres asks for 4,096. */
  scramIterations: 1_000_000,
} as const;
