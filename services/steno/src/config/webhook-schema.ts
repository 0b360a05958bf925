import { DEFAULTS } from './defaults.js';

const SECRET = { type: 'string', pattern: '^(env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$' };

/** JSON Schema of `approvals.webhook`. */
export const WEBHOOK_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    url: {
      type: 'string',
      pattern: '^(https?://[^#@]+|env:[A-Za-z_][A-Za-z0-9_]*|file:.+)$',
      description: 'an https URL; where it is secret, env:NAME or file:PATH',
      $comment: 'Where approvals are told of.',
    },
    secret: {
      ...SECRET,
      description: 'env:NAME or file:PATH, never the secret itself',
      $comment: 'Signs what is sent; `slack` may do without.',
    },
    format: {
      enum: ['steno', 'slack'],
      default: DEFAULTS.webhook.format,
      description: 'steno, slack',
    },
    includeText: {
      type: 'boolean',
      default: DEFAULTS.webhook.includeText,
      description: 'true to send the text of commands as well, which may hold secrets',
    },
  },
  required: ['url'],
};
