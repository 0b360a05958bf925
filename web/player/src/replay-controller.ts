import type { TimelineView } from '@steno/proto';
import { afterActive } from './idle.js';
import { ReplayClock, type Speed } from './replay-clock.js';
import type { ReplayLink } from './replay-link.js';
import { ReplaySource, type Moment, type ReplayMark, type ScreenShot } from './replay-source.js';
import { patch, Store } from './store.js';

/** What changes seldom; what changes with each frame is ReplayTime. */
export interface ReplayState {
  readonly playing: boolean;
  /** What is recorded now is shown at once. */
  readonly live: boolean;
  /** The session still runs. */
  readonly open: boolean;
  /** The playhead waits for bytes. */
  readonly waiting: boolean;
  /** A screen has arrived. */
  readonly ready: boolean;
  /** Somebody played, jumped or followed: the poster goes away. */
  readonly started: boolean;
  readonly speed: Speed;
  readonly skipIdle: boolean;
  readonly duration: number;
  /** Code of what went wrong, until the next try. */
  readonly failure: string | null;
}

export interface ReplayTime {
  readonly t: number;
  /** The newest position on the screen. */
  readonly position: number;
}

/** Where previous and next lead: the moment just after an event. */
export interface Stop {
  readonly t: number;
  readonly position: number;
}

/** Where the frames go. */
export interface ScreenView {
  readonly show: (screen: ScreenShot) => void;
  readonly write: (ansi: Uint8Array) => void;
}

const prefetchSeconds = 30;
const longestPrefetchNs = 600e9;
/** Closer than this to the end of a running session is live. */
const liveWithinNs = 0.5e9;
/** While playing, "previous" within this long of a stop leads to the one before it. */
const againNs = 1.5e9;
const mostMarks = 10_000;

/** One replay: the playhead, what is loaded, and what the reader asked for. Draws nothing. */
export class ReplayController {
  readonly state = new Store<ReplayState>({
    playing: false,
    live: false,
    open: false,
    waiting: true,
    ready: false,
    started: false,
    speed: 1,
    skipIdle: true,
    duration: 0,
    failure: null,
  });
  readonly time = new Store<ReplayTime>({ t: 0, position: 0 });
  /** Marks that came with the frames, newest last. */
  readonly marks = new Store<readonly ReplayMark[]>([]);
  onClosed: () => void = () => undefined;
  readonly #clock = new ReplayClock();
  readonly #source: ReplaySource;
  #view: ScreenView | undefined;
  #shot: ScreenShot | undefined;
  #moment: Moment;
  /** A jump that waits for the answer to the one before it. */
  #queued: Moment | undefined;
  #stops: readonly Stop[] = [];
  #edge: { readonly duration: number; readonly atMs: number } | undefined;
  #timelineKnown = false;
  #lastShownT = 0;
  readonly #markByPlace = new Map<string, ReplayMark>();

  /**
   * @param initial what to open with; 'live' follows a running session
   * @param nowMs a monotonic clock
   */
  constructor(
    readonly link: ReplayLink,
    initial: Moment | 'live',
    private readonly nowMs: () => number,
  ) {
    this.#moment = initial === 'live' ? { kind: 't', t: 0 } : initial;
    if (this.#moment.kind === 't') this.#clock.moveTo(this.#moment.t);
    this.#source = new ReplaySource(link, {
      screen: (shot) => this.#onScreen(shot),
      live: ({ t, position, ansi }) => {
        this.#show(t, position, ansi);
        this.#clock.moveTo(t);
      },
      mark: (mark) => {
        if (this.#markByPlace.size >= mostMarks) return;
        this.#markByPlace.set(`${mark.lane} ${mark.position}`, mark);
      },
      closed: (t) => this.#onClosed(t),
      failed: (code) => {
        this.#clock.pause();
        patch(this.state, { failure: code, playing: false, waiting: false, live: false });
      },
      resumed: () => this.#ask(),
    });
    if (initial === 'live') patch(this.state, { live: true, open: true, started: true });
    else if (initial.kind === 'position' || initial.t > 0) patch(this.state, { started: true });
  }

  /** Connects. */
  start(): void {
    this.link.start();
  }

  stop(): void {
    this.link.stop();
    this.#clock.pause();
  }

  /** Where screens go from now on; the newest one is shown at once. */
  attach(view: ScreenView): () => void {
    this.#view = view;
    if (this.#shot !== undefined) this.#ask();
    return () => {
      if (this.#view === view) this.#view = undefined;
    };
  }

  setTimeline({ durationNs, open, idle }: TimelineView): void {
    this.#clock.idle = idle;
    const isFirst = !this.#timelineKnown;
    this.#timelineKnown = true;
    this.#edge = open ? { duration: durationNs, atMs: this.nowMs() } : undefined;
    this.#setDuration(open ? Math.max(durationNs, this.state.get().duration) : durationNs);
    patch(this.state, { open });
    if (isFirst && this.state.get().live) this.#ask();
    // It ended without saying so to those who follow: the end is what is shown.
    if (!open && this.state.get().live) {
      patch(this.state, { live: false });
      this.seek({ kind: 't', t: durationNs });
    }
  }

  /** In order of position. */
  setStops(stops: readonly Stop[]): void {
    this.#stops = stops;
  }

  play(): void {
    const { live, duration } = this.state.get();
    if (live) return;
    if (this.#clock.t >= duration && duration > 0) this.seek({ kind: 't', t: 0 });
    this.#clock.play();
    patch(this.state, { playing: true, started: true });
  }

  pause(): void {
    const wasLive = this.state.get().live;
    this.#clock.pause();
    patch(this.state, { playing: false, live: false });
    // Ends the following; the screen stays where it is.
    if (wasLive) this.seek(this.#here());
  }

  toggle(): void {
    const { playing, live } = this.state.get();
    if (playing || live) this.pause();
    else this.play();
  }

  /**
   * Jumps. While one jump is under way, only the newest of the others is remembered.
   *
   * @param about where a position is in time, as far as that is known before the answer
   */
  seek(moment: Moment, about = this.#clock.t): void {
    // Back from live is watching, not standing still.
    if (this.state.get().live) this.#clock.play();
    const { playing } = this.#clock;
    patch(this.state, { live: false, playing, started: true, failure: null });
    this.#clock.moveTo(moment.kind === 't' ? moment.t : about);
    const target = moment.kind === 't' ? { kind: 't' as const, t: this.#clock.t } : moment;
    this.#moment = target;
    const position = moment.kind === 't' ? this.time.get().position : moment.position;
    this.time.set({ t: this.#clock.t, position });
    if (this.#source.seeking && this.link.state.get().phase === 'connected') {
      this.#queued = target;
      return;
    }
    this.#ask();
  }

  /** Jumps by so many nanoseconds. */
  seekBy(ns: number): void {
    this.seek({ kind: 't', t: this.#clock.t + ns });
  }

  /** 0 to 1 of the recorded time. */
  seekToShare(share: number): void {
    this.seek({ kind: 't', t: this.state.get().duration * share });
  }

  goLive(): void {
    if (!this.state.get().open) return;
    this.#clock.pause();
    this.#queued = undefined;
    patch(this.state, { live: true, playing: false, started: true, failure: null });
    this.#ask();
  }

  retry(): void {
    patch(this.state, { failure: null });
    this.link.retryNow();
    this.#ask();
  }

  previousStop(): void {
    const index = this.#stopIndex();
    const current = this.#stops[index];
    const again =
      current !== undefined &&
      this.#clock.t - current.t > (this.state.get().playing ? againNs : 0) &&
      this.#clock.t > current.t;
    this.#toStop(again ? index : index - 1);
  }

  nextStop(): void {
    this.#toStop(this.#stopIndex() + 1);
  }

  faster(): void {
    this.#clock.faster();
    patch(this.state, { speed: this.#clock.speed });
  }

  slower(): void {
    this.#clock.slower();
    patch(this.state, { speed: this.#clock.speed });
  }

  setSpeed(speed: Speed): void {
    this.#clock.speed = speed;
    patch(this.state, { speed });
  }

  setSkipIdle(skipIdle: boolean): void {
    this.#clock.skipIdle = skipIdle;
    patch(this.state, { skipIdle });
  }

  /** The exact place, as a link names it. */
  moment(): Moment {
    return this.#moment;
  }

  /** To be called for each frame that is drawn. */
  tick(): void {
    const { live, playing } = this.state.get();
    this.#growEdge();
    if (this.#markByPlace.size > this.marks.get().length) {
      this.marks.set([...this.#markByPlace.values()]);
    }
    if (live) {
      // How far it has got is known from its timeline.
      if (this.#timelineKnown) this.#clock.moveTo(this.#clock.duration);
      this.#tell();
      return;
    }
    if (!playing) return;
    const waiting = this.#clock.advance(this.nowMs(), this.#source.loadedTo);
    for (const piece of this.#source.takeUntil(this.#clock.t)) {
      this.#show(piece.t, piece.position, piece.ansi);
    }
    this.#moment = { kind: 't', t: this.#clock.t };
    this.#tell();
    this.#loadAhead();
    patch(this.state, { waiting: waiting || this.#source.seeking });
    this.#atEnd();
  }

  #atEnd(): void {
    const { open, duration } = this.state.get();
    if (open && this.#clock.t >= duration - liveWithinNs) this.goLive();
    else if (!open && duration > 0 && this.#clock.t >= duration && !this.#source.seeking) {
      this.#clock.pause();
      patch(this.state, { playing: false, waiting: false });
    }
  }

  #loadAhead(): void {
    const { t, idle, duration, speed, skipIdle } = this.#clock;
    const span = Math.min(prefetchSeconds * 1e9 * Math.max(1, speed), longestPrefetchNs);
    const after = (active: number): number =>
      Math.min(skipIdle ? afterActive(idle, t, active) : t + active, duration);
    if (this.#source.loadedTo < after(span / 2)) this.#source.extend(after(span));
  }

  #ask(): void {
    this.#queued = undefined;
    patch(this.state, { waiting: true });
    if (this.state.get().live) {
      // How far the session has got is known from its timeline.
      if (!this.#timelineKnown) return;
      this.#source.follow({ kind: 't', t: this.#clock.duration });
      return;
    }
    const from = this.#moment.kind === 't' ? this.#moment.t : this.#clock.t;
    this.#source.seek(this.#moment, Math.min(from + prefetchSeconds * 1e9, this.#clock.duration));
  }

  #onScreen(shot: ScreenShot): void {
    this.#shot = shot;
    this.#view?.show(shot);
    if (shot.t > this.#clock.duration) this.#setDuration(shot.t);
    if (this.#moment.kind === 'position' && this.#queued === undefined) this.#clock.moveTo(shot.t);
    this.time.set({ t: this.#clock.t, position: shot.position });
    patch(this.state, { waiting: false, ready: true });
    if (this.#queued === undefined) return;
    this.#moment = this.#queued;
    this.#ask();
  }

  #onClosed(t: number): void {
    this.#edge = undefined;
    this.#setDuration(Math.max(t, this.#lastShownT));
    this.#clock.moveTo(this.#clock.duration);
    this.#moment = { kind: 't', t: this.#clock.t };
    patch(this.state, { live: false, open: false, playing: false, waiting: false });
    this.#tell();
    this.onClosed();
  }

  #show(t: number, position: number, ansi: Uint8Array): void {
    this.#view?.write(ansi);
    this.#lastShownT = Math.max(this.#lastShownT, t);
    if (t > this.#clock.duration) this.#setDuration(t);
    this.time.set({ t: this.time.get().t, position: Math.max(position, this.time.get().position) });
  }

  #tell(): void {
    const { t, position } = this.time.get();
    if (t !== this.#clock.t) this.time.set({ t: this.#clock.t, position });
  }

  /** The end of a running session moves on with the wall clock, events or not. */
  #growEdge(): void {
    if (this.#edge === undefined) return;
    const duration = this.#edge.duration + (this.nowMs() - this.#edge.atMs) * 1e6;
    // In whole seconds, so that the axis is laid out again once a second at most.
    if (duration - this.#clock.duration >= 1e9) this.#setDuration(duration);
  }

  #setDuration(duration: number): void {
    this.#clock.duration = duration;
    this.#clock.moveTo(this.#clock.t);
    patch(this.state, { duration });
  }

  #here(): Moment {
    const { position } = this.time.get();
    return position > 0 ? { kind: 'position', position } : { kind: 't', t: this.#clock.t };
  }

  #stopIndex(): number {
    const moment = this.#moment;
    return moment.kind === 'position'
      ? this.#stops.findLastIndex((stop) => stop.position <= moment.position)
      : this.#stops.findLastIndex((stop) => stop.t <= this.#clock.t);
  }

  #toStop(index: number): void {
    const stop = this.#stops[Math.max(0, index)];
    if (stop === undefined || index >= this.#stops.length) return;
    this.seek({ kind: 'position', position: stop.position }, stop.t);
  }
}
