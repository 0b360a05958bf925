import { resolve } from 'node:path';
import { createInstallationKeys } from '../data-directory/installation-keys.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import { addVerb } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

export const defineKeys: DefineVerb = (program, context, finish) => {
  addVerb(program, 'keys', 'Makes the keys that all parts of an installation share.')
    .argument('<what>', 'create')
    .argument('<file>', 'where to; a file that is there stays as it is')
    .addHelpText('after', HELP)
    .action(async (what: string, file: string, options: SharedOptions) => {
      if (what !== 'create') throw new CliError('usage', `There is no \`steno keys ${what}\`.`);
      const path = resolve(context.directory, file);
      const created = createInstallationKeys(path);
      if (options.json === true) await context.out.json({ file: path, created });
      else await context.out.line(created ? `Made ${path}.` : `${path} was there already.`);
      finish(EXIT.done);
    });
};

const HELP = `
Keep a copy of the file where nobody else reads it: without it what was recorded can neither be
verified nor read. \`steno up\` makes keys of its own in the data directory.`;
