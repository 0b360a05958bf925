import { ApiProblem } from './errors.js';
import type { ApiOptions, ControlEvent } from './options.js';

/** Has control say it; resolves when it does. Throws ApiProblem where the log does not take it. */
export async function recordControl(
  { control, onError }: Pick<ApiOptions, 'control' | 'onError'>,
  event: ControlEvent,
): Promise<void> {
  try {
    await control.record(event);
  } catch (error) {
    onError(error, `recording ${event.type}`);
    throw new ApiProblem('logUnavailable');
  }
}
