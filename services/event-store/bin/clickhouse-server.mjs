// The embedded ClickHouse server: one child process that hosts libchdb.
//   node clickhouse-server.mjs LIBRARY HTTP_PORT DATA_DIRECTORY CONFIG_FILE
// Plain JavaScript, so that it runs as it lies, from the sources and beside a build.
// It is NOT meant to be run by hand: it lives as long as its stdin is open, and reports on stderr.
import { createRequire } from 'node:module';

const USAGE = 'usage: clickhouse-server.mjs LIBRARY HTTP_PORT DATA_DIRECTORY CONFIG_FILE\n';

// process.exit() runs the library's exit handlers, which wait for its threads for ever.
const die = () => process.kill(process.pid, 'SIGKILL');

const [library, httpPort, dataDirectory, configFile] = process.argv.slice(2);
if (!library || !httpPort || !dataDirectory || !configFile) {
  process.stderr.write(USAGE);
  process.exit(64);
}

// Never outlive the parent: the other end of stdin closes with it, however it ended.
process.stdin.on('end', die).on('error', die).resume();

// The two queries which the start-up user has (server-config.ts gives it a quota of exactly two):
// open the port, then wait for ever.
const startUp =
  'SYSTEM START LISTEN HTTP; ' +
  'SELECT sleepEachRow(3) FROM system.numbers SETTINGS max_block_size = 1 FORMAT Null';

const args = [
  'clickhouse',
  `--path=${dataDirectory}`,
  `--config-file=${configFile}`,
  '--log-level=error', // the config file's own level is not read in this mode
  '--listen_host=127.0.0.1',
  `--http_port=${httpPort}`,
  '--multiquery',
  '--query',
  startUp,
];

const { DataType, load, open } = createRequire(import.meta.url)('ffi-rs');
open({ library: 'chdb', path: library });
try {
  await load({
    library: 'chdb',
    funcName: 'chdb_query_cmdline',
    retType: DataType.External,
    paramsType: [DataType.I32, DataType.StringArray],
    paramsValue: [args.length, args],
    runInNewThread: true,
  });
} catch (error) {
  process.stderr.write(`${error}\n`);
}
// The call returns when the server was told to stop, or could not start and said so on stderr.
die();
