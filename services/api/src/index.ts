export { startApi } from './start-api.js';
export type {
  AccessAction,
  AccessEvent,
  AccessObject,
  ApiOptions,
  LostInstance,
  RunningApi,
  ControlBook,
  ControlEvent,
  IdentityEvent,
  TerminationRequest,
} from './options.js';
