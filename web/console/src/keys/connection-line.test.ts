import { expect, it } from 'vitest';
import { connectionLine } from './connection-line.js';

const gateway = { host: 'steno.example', port: 15_432, tls: true };
const asked = { key: 'steno_key_x', gateway, target: 'orders', pageHost: 'console.example' };

it('is a line to be pasted', () => {
  expect(connectionLine(asked)).toBe(
    'PGPASSWORD=steno_key_x psql "host=steno.example port=15432 dbname=orders user=me ' +
      'sslmode=verify-full"',
  );
});

it.each([
  [{ host: '0.0.0.0', port: 1, tls: true }, 'host=console.example port=1', true],
  [{ host: '::', port: 1, tls: false }, 'host=console.example port=1', false],
  [{ host: '127.0.0.1', port: null, tls: true }, 'host=127.0.0.1 port=PORT', false],
  [{ host: '::1', port: 2, tls: true }, 'host=::1 port=2', false],
])('to %j leads %s', (to, where, verified) => {
  const line = connectionLine({ ...asked, gateway: to });
  expect(line).toContain(where);
  expect(line.includes('verify-full')).toBe(verified);
});

it.each([undefined, '', '$(reboot)', 'a b', '`x`', 'a"b'])('has no target %j in it', (target) => {
  expect(connectionLine({ ...asked, target })).toContain(' dbname=TARGET ');
});
