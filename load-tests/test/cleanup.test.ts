import { describe, expect, it } from 'vitest';
import { Cleanup } from '../postgres/processes.js';

describe('cleaning up', () => {
  it('undoes one step after the other, also when it is asked for twice', async () => {
    const cleanup = new Cleanup();
    const done: string[] = [];
    let isStopped = (): void => undefined;
    cleanup.add(() => Promise.resolve(void done.push('folder')));
    cleanup.add(async () => {
      await new Promise<void>((resolve) => (isStopped = resolve));
      done.push('server');
    });
    const both = Promise.all([cleanup.run(), cleanup.run()]);
    isStopped();
    await both;
    expect(done).toEqual(['server', 'folder']);
  });

  it('goes on when a step fails, and then says so', async () => {
    const cleanup = new Cleanup();
    let isUndone = false;
    cleanup.add(() => Promise.resolve(void (isUndone = true)));
    cleanup.add(() => Promise.reject(new Error('it would not stop')));
    await expect(cleanup.run()).rejects.toThrow('it would not stop');
    expect(isUndone).toBe(true);
  });
});
