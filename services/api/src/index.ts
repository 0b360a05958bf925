export { pingWebhook } from './announcing/ping.js';
export { startApi } from './start-api.js';
export type {
  AccessAction,
  AccessEvent,
  AccessObject,
  ApiOptions,
  DryRunProblems,
  DryRunRequested,
  LostInstance,
  ProviderOptions,
  RunningApi,
  ControlBook,
  ControlEvent,
  IdentityEvent,
  TerminationRequest,
  WebhookOptions,
} from './options.js';
