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
  TerminationRequest,
} from './options.js';
