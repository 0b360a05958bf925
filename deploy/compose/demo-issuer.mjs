// The issuer of compose.yaml: whoever can run containers here can have a token of any name.
//   node demo-issuer.mjs create PUBLIC_FOLDER PRIVATE_FOLDER
//   node demo-issuer.mjs token PRIVATE_FOLDER IDENTITY
import { createPrivateKey, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// As steno.yaml has them.
const ISSUER = 'https://issuer.steno.invalid';
const AUDIENCE = 'steno';
const TTL_S = 15 * 60;
const KEY = { alg: 'ES256', kid: 'demo' };

const base64url = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

function create(publicFolder, privateFolder) {
  const path = join(privateFolder, 'issuer.pem');
  if (existsSync(path)) return;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = { ...publicKey.export({ format: 'jwk' }), ...KEY, use: 'sig' };
  writeFileSync(join(publicFolder, 'jwks.json'), `${JSON.stringify({ keys: [jwk] })}\n`);
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
}

function token(privateFolder, identity) {
  const key = createPrivateKey(readFileSync(join(privateFolder, 'issuer.pem')));
  const now = Math.floor(Date.now() / 1000);
  const times = { iat: now, exp: now + TTL_S };
  const claims = { iss: ISSUER, aud: AUDIENCE, sub: identity, jti: randomUUID(), ...times };
  const text = `${base64url({ ...KEY, typ: 'JWT' })}.${base64url(claims)}`;
  const signature = sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' });
  return `${text}.${signature.toString('base64url')}`;
}

const [verb, first, second] = process.argv.slice(2);
if (verb === 'create' && first && second) create(first, second);
else if (verb === 'token' && first && second) console.log(token(first, second));
else {
  console.error('demo-issuer.mjs create PUBLIC_FOLDER PRIVATE_FOLDER | token PRIVATE_FOLDER NAME');
  process.exitCode = 64;
}
