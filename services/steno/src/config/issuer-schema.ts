import { DEFAULTS, ISSUER_TIMES } from './defaults.js';
import { listOf, mapping, oneOf, quantities, text } from './schema-forms.js';

export const CLAIM_TEMPLATE = '^([^$]|\\$\\{[A-Za-z0-9_.:/-]+\\})+$';

export const issuer = mapping(
  {
    issuer: text('the `iss` of its tokens, an https URL'),
    audience: {
      anyOf: [{ type: 'string', minLength: 1 }, listOf({ type: 'string', minLength: 1 }, 16)],
      description: 'the `aud` of tokens that are for Steno: a text or a list of texts',
    },
    algorithms: listOf(oneOf(DEFAULTS.issuer.algorithms), 16, {
      minItems: 1,
      default: DEFAULTS.issuer.algorithms,
    }),
    jwks: text('an https URL or a path of a JWK set; default: by discovery'),
    identity: text('a text with claims in it, like ci:${repository}', {
      pattern: CLAIM_TEMPLATE,
      default: DEFAULTS.issuer.identity,
    }),
    claims: listOf(text('the name of a claim to record'), 64, { default: [] }),
    groups: text('the name of the claim that says in which groups an identity is', {
      default: DEFAULTS.issuer.groups,
    }),
    ...quantities(ISSUER_TIMES),
    oneTime: {
      type: 'boolean',
      default: DEFAULTS.issuer.oneTime,
      description: 'true where each token may open one session alone',
      $comment: 'Its tokens need a `jti`.',
    },
  },
  ['issuer', 'audience'],
);
