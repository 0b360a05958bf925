import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons.js';
import { formatClock } from './moment.js';
import { SPEEDS, type Speed } from './replay-clock.js';
import type { ReplayController } from './replay-controller.js';
import { useSelected, useStore } from './use-store.js';
import { wallClock, type Zone } from './wall-clock.js';

interface ControlsProps {
  readonly controller: ReplayController;
  readonly startedAt: string;
  readonly zone: Zone;
  readonly onFullscreen: () => void;
  readonly onHelp: () => void;
}

export function Controls(props: ControlsProps): ReactNode {
  const { controller, startedAt, zone, onFullscreen, onHelp } = props;
  const { playing, live, open, skipIdle, speed } = useStore(controller.state);
  const moves = playing || live;
  return (
    <div className="steno-controls" role="group" aria-label="Replay controls">
      <div className="steno-buttons">
        <Button
          icon="previous"
          label="Previous command"
          onClick={() => controller.previousStop()}
        />
        <Button
          icon={moves ? 'pause' : 'play'}
          label={moves ? 'Pause' : 'Play'}
          main
          onClick={() => controller.toggle()}
        />
        <Button icon="next" label="Next command" onClick={() => controller.nextStop()} />
      </div>
      <Clock controller={controller} startedAt={startedAt} zone={zone} />
      <Waiting controller={controller} />
      <span className="steno-grow" />
      {open && <LivePill live={live} onGoLive={() => controller.goLive()} />}
      <button
        type="button"
        className="steno-button steno-toggle"
        aria-pressed={skipIdle}
        title="Skip idle time (s)"
        onClick={() => controller.setSkipIdle(!skipIdle)}
      >
        <Icon name="skip" />
        <span>Skip idle</span>
      </button>
      <SpeedSelect speed={speed} onChange={(value) => controller.setSpeed(value)} />
      <Button icon="keyboard" label="Keyboard shortcuts" onClick={onHelp} />
      <Button icon="fullscreen" label="Full screen" onClick={onFullscreen} />
    </div>
  );
}

interface ButtonProps {
  readonly icon: IconName;
  readonly label: string;
  readonly main?: boolean;
  readonly onClick: () => void;
}

function Button({ icon, label, main = false, onClick }: ButtonProps): ReactNode {
  return (
    <button
      type="button"
      className={`steno-button steno-icon-button${main ? ' steno-main-button' : ''}`}
      aria-label={label}
      title={label}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

function Clock({
  controller,
  startedAt,
  zone,
}: Pick<ControlsProps, 'controller' | 'startedAt' | 'zone'>): ReactNode {
  const { duration } = useStore(controller.state);
  // Ten times a second is as often as it can be read.
  const tenths = useSelected(controller.time, ({ t }) => Math.floor(t / 1e8));
  return (
    <div className="steno-clock">
      <span className="steno-elapsed">{formatClock(tenths * 1e8, true)}</span>
      <span className="steno-of"> / {formatClock(duration)}</span>
      <span className="steno-wall">{wallClock(startedAt, tenths * 1e8, zone)}</span>
    </div>
  );
}

function Waiting({ controller }: { readonly controller: ReplayController }): ReactNode {
  const { waiting, live, failure } = useStore(controller.state);
  const connected = useStore(controller.link.state).phase === 'connected';
  const shown = waiting && !live && failure === null && connected;
  return (
    <span className="steno-waiting" data-shown={shown}>
      {shown ? 'Loading…' : ''}
    </span>
  );
}

function LivePill(props: { readonly live: boolean; readonly onGoLive: () => void }): ReactNode {
  return props.live ? (
    <span className="steno-pill steno-live">
      <i aria-hidden="true" /> Live
    </span>
  ) : (
    <button type="button" className="steno-pill" title="Go live (l)" onClick={props.onGoLive}>
      <i aria-hidden="true" /> Go live
    </button>
  );
}

interface SpeedProps {
  readonly speed: Speed;
  readonly onChange: (speed: Speed) => void;
}

function SpeedSelect({ speed, onChange }: SpeedProps): ReactNode {
  return (
    <select
      className="steno-button steno-speed"
      aria-label="Speed"
      value={speed}
      onChange={({ target }) => {
        const chosen = SPEEDS.find((candidate) => String(candidate) === target.value);
        if (chosen !== undefined) onChange(chosen);
      }}
    >
      {SPEEDS.map((value) => (
        <option key={value} value={value}>
          {value}×
        </option>
      ))}
    </select>
  );
}
