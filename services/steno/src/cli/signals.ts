/** The first signal asks to stop, the second one insists. */
export function untilTold(): {
  readonly first: Promise<undefined>;
  readonly second: Promise<undefined>;
} {
  const resolvers: (() => void)[] = [];
  const next = (): Promise<undefined> =>
    new Promise((resolve) => {
      resolvers.push(() => {
        resolve(undefined);
      });
    });
  const onSignal = (): void => resolvers.shift()?.();
  const told = { first: next(), second: next() };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, onSignal);
  if (process.stdin.isTTY) process.on('SIGHUP', onSignal);
  return told;
}
