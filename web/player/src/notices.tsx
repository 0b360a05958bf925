import type { ReactNode } from 'react';
import { Icon } from './icons.js';
import type { ReplayController } from './replay-controller.js';
import { useStore } from './use-store.js';

/** Why the recording is not whole, over the screen for as long as it is shown. */
export interface ReplayBadge {
  readonly tone: 'warning' | 'danger';
  readonly text: string;
}

interface NoticesProps {
  readonly controller: ReplayController;
  readonly badge: ReplayBadge | undefined;
  /** The session has no commands. */
  readonly empty: boolean;
}

/** What stands over the screen: how to begin, and everything that is not as it should be. */
export function Notices({ controller, badge, empty }: NoticesProps): ReactNode {
  const { ready, started, failure, open, live } = useStore(controller.state);
  return (
    <>
      <div className="steno-notices" role="status">
        <Connection controller={controller} />
        {badge !== undefined && (
          <p className="steno-notice" data-tone={badge.tone}>
            <Icon name="warning" /> {badge.text}
          </p>
        )}
        {empty && (
          <p className="steno-notice">
            {open ? 'No commands yet. They appear here as they run.' : 'No commands were run.'}
          </p>
        )}
      </div>
      {failure !== null && <Failure code={failure} onRetry={() => controller.retry()} />}
      {!started && !live && failure === null && !empty && (
        <button type="button" className="steno-poster" onClick={() => controller.play()}>
          <span className="steno-poster-disc">
            <Icon name="play" />
          </span>
          <span className="steno-poster-text">{ready ? 'Play the session' : 'Loading…'}</span>
        </button>
      )}
    </>
  );
}

function Connection({ controller }: { readonly controller: ReplayController }): ReactNode {
  const link = useStore(controller.link.state);
  if (link.phase !== 'retrying') return null;
  const seconds = Math.max(1, Math.round(link.inMs / 1000));
  return (
    <p className="steno-notice" data-tone="warning">
      <Icon name="plug" /> Connection lost. Trying again in {seconds} s.
      <button type="button" className="steno-link" onClick={() => controller.link.retryNow()}>
        Try now
      </button>
    </p>
  );
}

interface FailureProps {
  readonly code: string;
  readonly onRetry: () => void;
}

function Failure({ code, onRetry }: FailureProps): ReactNode {
  return (
    <div className="steno-failure" role="alert">
      <Icon name="warning" />
      <strong>This moment cannot be shown</strong>
      <span>
        The server answered <code>{code}</code>. What was recorded is not affected.
      </span>
      <button type="button" className="steno-button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
