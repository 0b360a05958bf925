import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedFiles } from './deploy-files.mjs';
import { root } from './steps.mjs';

// npm run generate:deploy: writes what in deploy/ is made from other files.
for (const { path, text } of await generatedFiles()) {
  writeFileSync(join(root, path), text);
  if (path.endsWith('.sh')) chmodSync(join(root, path), 0o755);
}
