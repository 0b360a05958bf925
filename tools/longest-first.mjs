import { existsSync } from 'node:fs';
import { BaseSequencer } from 'vitest/node';
import { root } from './steps.mjs';

// Two files run at a time. Whatever begins last should be short, or one of two processors idles:
// these take half a minute and more, the longest first.
const longest = [
  'web/console/test/console.test.ts',
  'load-tests/test/drills.test.ts',
  'services/steno/test/kafka.test.ts',
  'services/capture/test/corpus/evasions.test.ts',
  'services/projector/test/exactly-once.test.ts',
  'services/event-log/test/spool-durability.test.ts',
  'services/steno/test/up.test.ts',
  'services/steno/test/up-refusals.test.ts',
  'services/steno/test/up-demo.test.ts',
  'services/steno/test/parts.test.ts',
  'services/steno/test/kill9-load.test.ts',
  'services/embedded-kafka/test/start-kafka.test.ts',
  'services/steno/test/up-crash.test.ts',
  'services/api/test/replay.test.ts',
  'services/projector/test/cluster.test.ts',
].map((path) => root + path);

const gone = longest.filter((path) => !existsSync(path));
if (gone.length > 0) throw new Error(`tools/longest-first.mjs names ${gone.join(', ')}`);

export default class LongestFirst extends BaseSequencer {
  /**
   * @override
   * @param {import('vitest/node').TestSpecification[]} files
   */
  async sort(files) {
    const sorted = await super.sort(files);
    const rank = new Map(longest.map((path, index) => [path, index]));
    /** @param {import('vitest/node').TestSpecification} file */
    const rankOf = ({ moduleId }) => rank.get(moduleId) ?? longest.length;
    return sorted.sort((one, other) => rankOf(one) - rankOf(other));
  }
}
