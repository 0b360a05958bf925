export { startApi } from './start-api.js';
export type {
  AccessAction,
  AccessEvent,
  AccessObject,
  ApiOptions,
  LostInstance,
  ProviderOptions,
  RunningApi,
  ControlBook,
  ControlEvent,
  TerminationRequest,
} from './options.js';
