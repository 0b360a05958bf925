import { useEffect } from 'react';
import type { ReplayController } from './replay-controller.js';
import { useStore } from './use-store.js';

const restingMs = 1000;

/** Ticks the controller: with each frame while something moves, once a second while it could. */
export function useDriver(controller: ReplayController): void {
  const { playing, live, open } = useStore(controller.state);
  const moves = playing || live;
  useEffect(() => {
    if (!moves) {
      if (!open) return;
      const timer = setInterval(() => controller.tick(), restingMs);
      return () => clearInterval(timer);
    }
    let frame = requestAnimationFrame(function next() {
      controller.tick();
      frame = requestAnimationFrame(next);
    });
    return () => cancelAnimationFrame(frame);
  }, [controller, moves, open]);
}
