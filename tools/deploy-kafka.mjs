// deploy/kafka/access.json as commands for the scripts that come with Kafka.

/**
 * @typedef {{ partitions: number | string, retentionMs: number }} Topic
 * @typedef {{ writes: string[], reads: string[] }} Role
 * @typedef {{
 *   topics: Record<string, Topic>,
 *   settings: Record<string, string | number | boolean>,
 *   roles: Record<string, Role>,
 * }} Access
 */

const MADE = '# Made from access.json by `npm run generate:deploy`.';

/** What both scripts begin with: where Kafka is, and with what to sign in there. */
const COMMON = `set -euo pipefail

: "\${BOOTSTRAP:?a broker, as host:port}"
PREFIX=\${PREFIX:-steno}
BIN=\${BIN:-/opt/kafka/bin}
command=(--bootstrap-server "$BOOTSTRAP")
# A file of client settings: security.protocol, sasl.*, ssl.*.
[[ -n \${COMMAND_CONFIG:-} ]] && command+=(--command-config "$COMMAND_CONFIG")
`;

/**
 * The script that makes the topics, or gives those that are there their settings.
 *
 * @param {Access} access
 */
export function topicsScript({ topics, settings }) {
  const calls = Object.entries(topics).map(([name, { partitions, retentionMs }]) => {
    const count = typeof partitions === 'string' ? `"$${partitions}"` : partitions;
    return `topic ${name} ${count} ${retentionMs}`;
  });
  const lines = Object.entries(settings).map(([key, value]) => `    ${key}=${value}`);
  return `#!/usr/bin/env bash
${MADE}
# Makes the topics of Steno, or gives those that are there their settings. Needs no other rights
# of Steno itself, which may then do without Create.
${COMMON}DATA_PARTITIONS=\${DATA_PARTITIONS:-6}
REPLICATION_FACTOR=\${REPLICATION_FACTOR:-3}
MIN_INSYNC_REPLICAS=\${MIN_INSYNC_REPLICAS:-2}

topic() { # NAME PARTITIONS RETENTION_MS
  local settings=(
    retention.ms="$3"
    min.insync.replicas="$MIN_INSYNC_REPLICAS"
${lines.join('\n')}
  )
  "$BIN/kafka-topics.sh" "\${command[@]}" --create --if-not-exists --topic "$PREFIX.$1" \\
    --partitions "$2" --replication-factor "$REPLICATION_FACTOR"
  local joined
  joined=$(IFS=,; echo "\${settings[*]}")
  "$BIN/kafka-configs.sh" "\${command[@]}" --alter --entity-type topics \\
    --entity-name "$PREFIX.$1" --add-config "$joined"
}

${calls.join('\n')}
`;
}

/**
 * The script that says who may read and write what.
 *
 * @param {Access} access
 */
export function aclsScript({ roles }) {
  const names = Object.keys(roles);
  const principals = names.map((name) => {
    const variable = name.toUpperCase();
    return `${variable}=\${${variable}:-User:steno-${name}}`;
  });
  const calls = Object.entries(roles).map(([name, { writes, reads }]) => {
    const principal = `"$${name.toUpperCase()}"`;
    return `allow ${principal} Write ${writes.join(' ')}
allow ${principal} Read ${reads.join(' ')}
follow ${principal}
`;
  });
  return `#!/usr/bin/env bash
${MADE}
# Says who may read and write which topic. Write and Read include Describe.
${COMMON}
${principals.join('\n')}

allow() { # PRINCIPAL OPERATION TOPIC...
  local principal=$1 operation=$2 topics=()
  shift 2
  for topic; do topics+=(--topic "$PREFIX.$topic"); done
  "$BIN/kafka-acls.sh" "\${command[@]}" --add --allow-principal "$principal" \\
    --operation "$operation" "\${topics[@]}"
}

follow() { # PRINCIPAL: consumer groups whose names begin with the prefix and a dot
  "$BIN/kafka-acls.sh" "\${command[@]}" --add --allow-principal "$1" \\
    --operation Read --group "$PREFIX." --resource-pattern-type prefixed
}

${calls.join('\n')}`;
}
