import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { memoryOf, processTree } from '../postgres/process-tree.js';

const hasProc = process.platform === 'linux';

/** The kernel counts in hundredths, user and system time apart. */
const ROUNDING_SECONDS = 0.02;

const ownCpuSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

describe.skipIf(!hasProc)('the processes below one', () => {
  it('are counted with the time that they used', async () => {
    const before = ownCpuSeconds();
    const [own] = await processTree(process.pid);
    const after = ownCpuSeconds();
    expect(own?.cpuSeconds).toBeGreaterThan(before - ROUNDING_SECONDS);
    expect(own?.cpuSeconds).toBeLessThan(after + ROUNDING_SECONDS);
  });

  it('are found with what they use', async () => {
    const nested = "require('node:child_process').spawn('sleep', ['60'])";
    const script = `process.title = 'a (b) c'; const s = ${nested};
      process.stdin.on('end', () => { s.kill(); process.exit(); }).resume();
      s.on('spawn', () => console.log(s.pid));`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['pipe', 'pipe', 'inherit'] });
    const [printed] = (await once(child.stdout, 'data')) as [Buffer];
    try {
      const tree = await processTree(child.pid ?? 0);
      expect(tree).toMatchObject([
        { pid: child.pid, parent: process.pid },
        { pid: Number(printed.toString()), parent: child.pid, command: 'sleep 60' },
      ]);
      const memory = await memoryOf(child.pid ?? 0);
      expect(memory.resident).toBeGreaterThan(memory.file);
      expect(memory.file).toBeGreaterThan(1_000_000);
    } finally {
      child.stdin.end();
      await once(child, 'exit');
    }
  });
});
