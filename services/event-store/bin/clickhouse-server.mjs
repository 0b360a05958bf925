import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const { open, load, DataType } = require('ffi-rs');
const [library, ...args] = process.argv.slice(2);
open({ library: 'chdb', path: library });
const argv = ['clickhouse', ...args];
process.stdin.on('end', () => process.kill(process.pid, 'SIGKILL')).resume();
load({ library: 'chdb', funcName: 'chdb_query_cmdline', retType: DataType.External, runInNewThread: true,
  paramsType: [DataType.I32, DataType.StringArray], paramsValue: [argv.length, argv] });
