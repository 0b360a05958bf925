// The dashboards in deploy/grafana: what they show is these tables.

/**
 * @typedef {[title: string, unit: string, expr: string, legend: string]} Panel
 * @typedef {{ uid: string, title: string, about: string, stats: Panel[], charts: Panel[] }} Board
 */

const BY_INSTANCE = '{{instance}}';

/** @type {Record<string, Board>} */
const boards = {
  recording: {
    uid: 'steno-recording',
    title: 'Steno: are we recording everything?',
    about: 'All zero and green: every command of every session is in the log and can be seen.',
    stats: [
      ['Captures that run', 'none', 'sum(up{job="steno-capture"})', ''],
      ['Sessions now', 'none', 'sum(steno_capture_sessions)', ''],
      ['Silent instances', 'none', 'max(steno_instances{state="silent"})', ''],
      ['Sessions with gaps', 'none', 'max(steno_sessions_gapped)', ''],
      ['Forks', 'none', 'sum(steno_projector_forks_total)', ''],
      ['Dead letters', 'none', 'sum(steno_projector_dead_letters_total)', ''],
    ],
    charts: [
      [
        'Since the last event',
        's',
        'time() - max_over_time(timestamp(changes(steno_log_append_seconds_count[1m]) > 0)[6h:1m])',
        BY_INSTANCE,
      ],
      ['Commits', 'cps', 'rate(steno_log_append_seconds_count[1m])', BY_INSTANCE],
      ['Backlog: oldest in the spool', 's', 'steno_spool_oldest_seconds', BY_INSTANCE],
      ['Backlog: bytes in the spool', 'bytes', 'steno_spool_bytes', BY_INSTANCE],
      [
        'Disk: part of the spool in use',
        'percentunit',
        'steno_spool_bytes / steno_spool_limit_bytes',
        BY_INSTANCE,
      ],
      [
        'Spool, not ok',
        'none',
        'sum by (instance, state) (steno_spool_state{state!="ok"})',
        '{{instance}} {{state}}',
      ],
      [
        'Not let in',
        'cps',
        'sum by (reason) (rate(steno_capture_refused_sessions_total[5m]))',
        '{{reason}}',
      ],
      ['Instances', 'none', 'max by (state) (steno_instances)', '{{state}}'],
      ['Behind: until it can be seen', 's', 'max(steno_projector_lag_seconds)', 'projector'],
      [
        'Behind: records of the log',
        'none',
        'sum by (topic) (steno_projector_lag_records)',
        '{{topic}}',
      ],
      [
        'Projected',
        'cps',
        'label_replace(sum(rate(steno_projector_events_total[1m])), "what", "events", "", "") or ' +
          'label_replace(sum(rate(steno_projector_duplicates_total[1m])), ' +
          '"what", "duplicates, dropped", "", "")',
        '{{what}}',
      ],
      [
        'Api: failed requests',
        'percentunit',
        'sum(rate(steno_api_requests_total{status=~"5.."}[5m])) / ' +
          'sum(rate(steno_api_requests_total[5m]))',
        'status 5xx',
      ],
    ],
  },
  gateway: {
    uid: 'steno-gateway',
    title: 'Steno: gateway',
    about: 'What goes through the captures, and what it costs.',
    stats: [
      ['Sessions', 'none', 'sum(steno_capture_sessions)', ''],
      ['Commands', 'cps', 'sum(rate(steno_capture_commands_total[1m]))', ''],
      ['Refused sessions', 'cps', 'sum(rate(steno_capture_refused_sessions_total[5m]))', ''],
    ],
    charts: [
      ['Sessions', 'none', 'steno_capture_sessions', BY_INSTANCE],
      [
        'Commands by decision',
        'cps',
        'sum by (decision) (rate(steno_capture_commands_total[1m]))',
        '{{decision}}',
      ],
      [
        'Commands by capture',
        'cps',
        'sum by (instance) (rate(steno_capture_commands_total[1m]))',
        BY_INSTANCE,
      ],
      [
        'Refused sessions by reason',
        'cps',
        'sum by (reason) (rate(steno_capture_refused_sessions_total[5m]))',
        '{{reason}}',
      ],
      ['Until durable: median', 's', quantile(0.5), BY_INSTANCE],
      ['Until durable: 99 of 100', 's', quantile(0.99), BY_INSTANCE],
      [
        'Processor',
        'percentunit',
        'rate(process_cpu_seconds_total{job="steno-capture"}[1m])',
        BY_INSTANCE,
      ],
      ['Memory', 'bytes', 'process_resident_memory_bytes{job="steno-capture"}', BY_INSTANCE],
      [
        'Event loop lag, 99 of 100',
        's',
        'nodejs_eventloop_lag_p99_seconds{job="steno-capture"}',
        BY_INSTANCE,
      ],
      ['Open files', 'none', 'process_open_fds{job="steno-capture"}', BY_INSTANCE],
    ],
  },
};

/** @param {number} part */
function quantile(part) {
  const buckets = 'sum by (instance, le) (rate(steno_log_append_seconds_bucket[5m]))';
  return `histogram_quantile(${part}, ${buckets})`;
}

const COLUMNS = 24;
const STAT = { w: 4, h: 4 };
const CHART = { w: 12, h: 8 };
const DATASOURCE = { type: 'prometheus', uid: 'prometheus' };

/** What goes wrong if it is more than none. */
const BAD_ABOVE_ZERO = /silent|gaps|forks|dead letters/i;

/** File names and their texts, as JSON that is not yet laid out. */
export function dashboards() {
  return Object.entries(boards).map(([name, board]) => {
    return /** @type {const} */ ([`${name}.json`, JSON.stringify(dashboard(board))]);
  });
}

/** @param {Board} board */
function dashboard({ uid, title, about, stats, charts }) {
  const rowsOfStats = Math.ceil((stats.length * STAT.w) / COLUMNS);
  return {
    uid,
    title,
    description: about,
    tags: ['steno'],
    schemaVersion: 39,
    editable: false,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    panels: [
      ...stats.map((panel, index) => stat(panel, index + 1, place(STAT, index, 0))),
      ...charts.map((panel, index) => {
        return chart(panel, index + 101, place(CHART, index, rowsOfStats * STAT.h));
      }),
    ],
  };
}

/**
 * From left to right, then down.
 *
 * @param {{ w: number, h: number }} size
 * @param {number} index
 * @param {number} top
 */
function place(size, index, top) {
  const perRow = COLUMNS / size.w;
  return { ...size, x: (index % perRow) * size.w, y: top + Math.floor(index / perRow) * size.h };
}

/**
 * @param {Panel} panel
 * @param {number} id
 * @param {object} gridPos
 */
function stat([title, unit, expr], id, gridPos) {
  const red = BAD_ABOVE_ZERO.test(title) ? [{ color: 'red', value: 1 }] : [];
  return {
    id,
    type: 'stat',
    title,
    datasource: DATASOURCE,
    gridPos,
    targets: [{ refId: 'A', datasource: DATASOURCE, expr, instant: true }],
    fieldConfig: {
      defaults: {
        unit,
        thresholds: { mode: 'absolute', steps: [{ color: 'green', value: null }, ...red] },
      },
      overrides: [],
    },
    options: { colorMode: 'background', reduceOptions: { calcs: ['lastNotNull'] } },
  };
}

/**
 * @param {Panel} panel
 * @param {number} id
 * @param {object} gridPos
 */
function chart([title, unit, expr, legendFormat], id, gridPos) {
  return {
    id,
    type: 'timeseries',
    title,
    datasource: DATASOURCE,
    gridPos,
    targets: [{ refId: 'A', datasource: DATASOURCE, expr, legendFormat }],
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: { tooltip: { mode: 'multi' }, legend: { displayMode: 'list' } },
  };
}
