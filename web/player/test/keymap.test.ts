import { expect, it } from 'vitest';
import { FakeServer } from './fake-server.js';
import { actionOf, isCharacterKey } from '../src/keymap.js';
import { ReplayController } from '../src/replay-controller.js';
import { ReplayLink } from '../src/replay-link.js';

function controllerOf(): ReplayController {
  const server = new FakeServer();
  const link = new ReplayLink(server.open, server.timers);
  const controller = new ReplayController(link, { kind: 't', t: 50e9 }, () => 0);
  const rest = { density: [], marks: [], marksLeftOut: 0, idle: [] };
  controller.setTimeline({ durationNs: 100e9, open: false, ...rest });
  return controller;
}

const none = { fullscreen: () => undefined, help: () => undefined, copy: () => undefined };

it.each([
  ['ArrowLeft', false, 45e9],
  ['ArrowRight', false, 55e9],
  ['ArrowLeft', true, 40e9],
  ['ArrowRight', true, 60e9],
  ['0', false, 0],
  ['9', false, 90e9],
])('%s (shift: %s) leads to %d', (key, shift, t) => {
  const controller = controllerOf();
  actionOf({ key, shift }, controller, none)?.();
  expect(controller.time.get().t).toBe(t);
});

it('the other keys do what the help says', () => {
  const controller = controllerOf();
  const press = (key: string): void => actionOf({ key, shift: false }, controller, none)?.();
  press(' ');
  expect(controller.state.get().playing).toBe(true);
  press('k');
  expect(controller.state.get().playing).toBe(false);
  press('>');
  press('>');
  press('<');
  expect(controller.state.get().speed).toBe(2);
  press('s');
  expect(controller.state.get().skipIdle).toBe(false);
  expect(actionOf({ key: 'x', shift: false }, controller, none)).toBeUndefined();
});

it('keys of one character can be told from the others', () => {
  expect(['k', '?', ' ', 'ArrowLeft', 'Home'].map(isCharacterKey)).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
});
