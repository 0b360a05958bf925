import type { InstanceState, InstanceView, PipelineView } from '@steno/proto';
import { findApi } from './api-address.js';
import { ApiClient } from './api-client.js';
import type { Context } from './context.js';
import { CliError } from './errors.js';
import { EXIT } from './exit-codes.js';
import type { Colour } from './output.js';
import { ago } from './relative-time.js';
import { Table } from './table.js';
import { addVerb } from './verb.js';
import type { DefineVerb, SharedOptions } from './verb.js';

interface Options extends SharedOptions {
  readonly reason?: string;
}

const STATE_COLOUR: Readonly<Record<InstanceState, Colour | undefined>> = {
  running: 'green',
  silent: 'red',
  stopped: undefined,
  lost: 'yellow',
};

export const defineInstances: DefineVerb = (program, context, finish) => {
  addVerb(program, 'instances', 'Lists instances, or says that a silent one will not come back.')
    .argument('<what>', 'list or lost')
    .argument('[boot]', 'which run is lost')
    .option('--reason <text>', 'why it is lost; it is recorded')
    .addHelpText('after', HELP)
    .action(async (what: string, boot: string | undefined, options: Options) => {
      if (what === 'list' && boot === undefined) await list(context, options);
      else if (what === 'lost' && boot !== undefined) await declareLost(context, boot, options);
      else throw new CliError('usage', 'It takes `list`, or `lost BOOT --reason TEXT`.');
      finish(EXIT.done);
    });
};

const HELP = `
\`lost\` is final. The open sessions of that run have failed from then on; what still comes of them,
as from a volume that turns up, is kept and shown as late.`;

async function list(context: Context, options: Options): Promise<void> {
  const client = new ApiClient(findApi(context, options));
  const { instances } = await client.get<PipelineView>('/api/pipeline');
  if (options.json === true) for (const instance of instances) await context.out.json(instance);
  else await new Table(context.out, columns(Date.now())).print(instances);
}

async function declareLost(context: Context, boot: string, options: Options): Promise<void> {
  const { reason } = options;
  if (reason === undefined) throw new CliError('usage', '`lost` needs --reason.');
  const client = new ApiClient(findApi(context, options));
  await client.post(`/api/instances/${encodeURIComponent(boot)}/lost`, { reason });
  if (options.json === true) await context.out.json({ boot, lost: true });
  else await context.out.line(`Boot ${boot} is declared lost.`);
}

const columns = (now: number) => [
  { title: 'BOOT', of: ({ boot }: InstanceView) => boot },
  { title: 'NAME', of: ({ name }: InstanceView) => name },
  { title: 'ROLE', of: ({ role }: InstanceView) => role },
  {
    title: 'STATE',
    of: ({ state }: InstanceView) => state,
    colour: ({ state }: InstanceView) => STATE_COLOUR[state],
  },
  { title: 'SINCE', of: ({ since }: InstanceView) => ago(since, now) },
  { title: 'OPEN', of: ({ openSessions }: InstanceView) => openSessions, right: true as const },
  { title: 'MISSING', of: ({ missing }: InstanceView) => missing, right: true as const },
];
