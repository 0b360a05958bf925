import type { AuthenticationProviderArgs, Authenticator } from 'kafkajs';

/** A client has read why it was refused (RFC 7628, section 3.2.3). */
const READ = '\u0001';
const LENGTH_BYTES = 4;

/**
 * SASL OAUTHBEARER. The one of kafkajs takes a refusal for an acceptance: a broker answers
 * with the reason, and with an error only after that was read.
 */
export function tokenAuthenticator(token: () => Promise<string>) {
  return ({ saslAuthenticate }: AuthenticationProviderArgs): Authenticator => {
    const say = (text: string): Promise<string | void> =>
      saslAuthenticate({
        request: { encode: () => withLength(text) },
        response: { decode: (raw) => raw, parse: withoutLength },
      });
    return {
      authenticate: async () => {
        const refusal = (await say(`n,,\u0001auth=Bearer ${await token()}\u0001\u0001`)) ?? '';
        if (refusal === '') return;
        await say(READ).catch(() => undefined); // it answers with an error
        throw new Error(`SASL OAUTHBEARER authentication failed: ${refusal}`);
      },
    };
  };
}

function withLength(text: string): Buffer {
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const withoutLength = (raw: Buffer): string => raw.subarray(LENGTH_BYTES).toString();
