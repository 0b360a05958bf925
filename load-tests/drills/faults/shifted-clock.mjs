// Loaded before a part of Steno (--import): its wall clock is off by the milliseconds that stand in
// a file, and follows as they change.
import { readFileSync, watchFile } from 'node:fs';
import process from 'node:process';

const file = process.env.DRILL_CLOCK_FILE ?? '';
const POLL_MS = 50;
const RealDate = Date;

let shiftMs = 0;
const read = () => {
  shiftMs = Number(readFileSync(file, 'utf8'));
};
read();
watchFile(file, { interval: POLL_MS, persistent: false }, read);

class ShiftedDate extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + shiftMs);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + shiftMs;
  }
}
globalThis.Date = ShiftedDate;
