import type { ReplayController } from './replay-controller.js';

/** A line of the keyboard help. */
export interface KeyHelp {
  readonly keys: readonly string[];
  readonly does: string;
}

export const PLAYER_KEYS: readonly KeyHelp[] = [
  { keys: ['Space', 'k'], does: 'Play or pause' },
  { keys: ['←', '→'], does: '5 seconds back or on' },
  { keys: ['Shift ←', 'Shift →'], does: '10 % back or on' },
  { keys: ['['], does: 'Previous command' },
  { keys: [']'], does: 'Next command' },
  { keys: ['0 … 9'], does: 'To 0 % … 90 %' },
  { keys: ['<', '>'], does: 'Slower or faster' },
  { keys: ['s'], does: 'Skip idle time, on or off' },
  { keys: ['l'], does: 'Go live' },
  { keys: ['c'], does: 'Copy the current command' },
  { keys: ['f'], does: 'Full screen' },
  { keys: ['?'], does: 'This help' },
];

/** What the keys do besides moving the replay. */
export interface KeyActions {
  readonly fullscreen: () => void;
  readonly help: () => void;
  readonly copy: () => void;
}

export interface KeyPress {
  readonly key: string;
  readonly shift: boolean;
}

export const STEP_NS = 5e9;
export const STEP_SHARE = 0.1;

/** @returns the action, or undefined where the key means nothing here */
export function actionOf(
  { key, shift }: KeyPress,
  controller: ReplayController,
  actions: KeyActions,
): (() => void) | undefined {
  const tenth = (): number => controller.state.get().duration * STEP_SHARE;
  if (/^[0-9]$/.test(key)) return () => controller.seekToShare(Number(key) / 10);
  switch (key) {
    case ' ':
    case 'k':
      return () => controller.toggle();
    case 'ArrowLeft':
      return () => controller.seekBy(shift ? -tenth() : -STEP_NS);
    case 'ArrowRight':
      return () => controller.seekBy(shift ? tenth() : STEP_NS);
    case '[':
      return () => controller.previousStop();
    case ']':
      return () => controller.nextStop();
    case '<':
      return () => controller.slower();
    case '>':
      return () => controller.faster();
    case 's':
      return () => controller.setSkipIdle(!controller.state.get().skipIdle);
    case 'l':
      return () => controller.goLive();
    case 'f':
      return actions.fullscreen;
    case '?':
      return actions.help;
    case 'c':
      return actions.copy;
    default:
      return undefined;
  }
}

/** Of one character, so that the reader may want them switched off. */
export const isCharacterKey = (key: string): boolean => key.length === 1 && key !== ' ';
