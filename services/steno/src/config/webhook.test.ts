import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { CliError } from '../cli/errors.js';
import { formatProblem } from './problem.js';
import { parseConfig } from './read-config.js';
import { webhookEndpoint } from './webhook.js';

function read(text: string) {
  const result = parseConfig(`approvals: { webhook: { ${text} } }`, '/etc/steno/steno.yaml');
  return Array.isArray(result) ? { problems: result.map(formatProblem).join('\n') } : result;
}

it('has a url and a secret, and tells no text unless it is asked to', () => {
  expect(parseConfig('data: x', '/etc/steno/steno.yaml')).toMatchObject({
    approvals: { webhook: undefined },
  });
  expect(read('url: https://hooks.test/a, secret: env:HOOK')).toMatchObject({
    approvals: {
      webhook: {
        url: 'https://hooks.test/a',
        secret: 'env:HOOK',
        format: 'steno',
        includeText: false,
      },
    },
  });
  expect(read('url: file:./hook, format: slack, includeText: true')).toMatchObject({
    approvals: { webhook: { url: 'file:./hook', secret: undefined, includeText: true } },
  });
});

it.each([
  ['url: http://hooks.test/a, secret: env:HOOK', 'is off loopback'],
  ['url: ftp://hooks.test/a, secret: env:HOOK', 'an https URL'],
  ['url: https://hooks.test/a', 'approvals.webhook.secret is missing'],
  ['url: https://hooks.test/a, secret: hunter2', 'never the secret itself'],
  ['url: https://hooks.test/a, secret: env:HOOK, format: teams', 'steno, slack'],
  ['secret: env:HOOK', 'approvals.webhook.url is missing'],
])('is refused as %s', (text, problem) => {
  expect(read(text)).toMatchObject({ problems: expect.stringContaining(problem) as string });
});

it('is looked up each time, so that it can be changed, and never leads astray', () => {
  const folder = mkdtempSync(join(tmpdir(), 'steno-webhook-'));
  const webhook = { url: 'file:url', secret: 'file:key', format: 'steno', includeText: false };
  const endpoint = () => webhookEndpoint({ ...webhook, format: 'steno' }, folder);
  writeFileSync(join(folder, 'url'), 'https://hooks.test/one\n');
  writeFileSync(join(folder, 'key'), 'first\n');
  expect(endpoint()).toEqual({ url: 'https://hooks.test/one', secret: 'first' });
  writeFileSync(join(folder, 'key'), 'second\n');
  expect(endpoint().secret).toBe('second');
  writeFileSync(join(folder, 'url'), 'http://hooks.test/hidden-name\n');
  expect(endpoint).toThrow(CliError);
  expect(endpoint).not.toThrow('hidden-name');
  rmSync(folder, { recursive: true });
});
