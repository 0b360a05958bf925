import { describe, expect, it } from 'vitest';
import { Turnstile } from './turnstile.js';

describe('the turnstile', () => {
  it('lets so many in, lets so many wait, and turns the rest away', async () => {
    const turnstile = new Turnstile(2, 1);
    const leave: (() => void)[] = [];
    let inside = 0;
    let most = 0;
    const enter = () =>
      turnstile.run(async () => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise<void>((resolve) => leave.push(resolve));
        inside -= 1;
      });
    const all = [enter(), enter(), enter()];
    await expect(enter()).rejects.toMatchObject({ problem: 'tooBusy' });
    leave.shift()?.();
    await all[0];
    await expect.poll(() => leave.length).toBe(2);
    for (const one of leave.splice(0)) one();
    await Promise.all(all);
    expect(most).toBe(2);
    const again = enter();
    await expect.poll(() => leave.length).toBe(1);
    leave[0]?.();
    await again;
  });

  it('is left by who fails', async () => {
    const turnstile = new Turnstile(1, 0);
    await expect(turnstile.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await turnstile.run(async () => 'in')).toBe('in');
  });
});
