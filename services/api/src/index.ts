export { startApi } from './start-api.js';
export type {
  AccessAction,
  AccessEvent,
  AccessObject,
  ApiOptions,
  LostInstance,
  RunningApi,
  TerminationRequest,
} from './options.js';
