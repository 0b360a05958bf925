export { startApi } from './start-api.js';
export type {
  AccessAction,
  AccessEvent,
  AccessObject,
  ApiOptions,
  RunningApi,
  TerminationRequest,
} from './options.js';
