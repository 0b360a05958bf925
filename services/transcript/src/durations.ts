/** `Time: 1.234 ms`, with hours and days where psql adds them. */
export function timeLine(nanoseconds: bigint): string {
  const ms = Number(nanoseconds) / 1e6;
  const plain = `Time: ${ms.toFixed(3)} ms`;
  if (ms < 1_000) return plain;
  let rest = ms / 1_000;
  const days = Math.floor(rest / 86_400);
  rest -= days * 86_400;
  const hours = Math.floor(rest / 3_600);
  rest -= hours * 3_600;
  const minutes = Math.floor(rest / 60);
  const seconds = (rest - minutes * 60).toFixed(3).padStart(6, '0');
  const clock = `${two(minutes)}:${seconds}`;
  if (days > 0) return `${plain} (${days} d ${two(hours)}:${clock})`;
  return hours > 0 ? `${plain} (${two(hours)}:${clock})` : `${plain} (${clock})`;
}

/** `2026-11-22 03:33:05 UTC` */
export function instant(nanosecondsSinceEpoch: bigint): string {
  const date = new Date(Number(nanosecondsSinceEpoch / 1_000_000n));
  if (Number.isNaN(date.getTime())) return 'at an unknown time';
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `95,000` */
export function grouped(count: number | bigint): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 row`, `2 rows` */
export function counted(count: number | bigint, noun: string): string {
  return `${grouped(count)} ${noun}${Number(count) === 1 ? '' : 's'}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
