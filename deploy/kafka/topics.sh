#!/usr/bin/env bash
# Made from access.json by `npm run generate:deploy`.
# Makes the topics of Steno, or gives those that are there their settings. Needs no other rights
# of Steno itself, which may then do without Create.
set -euo pipefail

: "${BOOTSTRAP:?a broker, as host:port}"
PREFIX=${PREFIX:-steno}
BIN=${BIN:-/opt/kafka/bin}
command=(--bootstrap-server "$BOOTSTRAP")
# A file of client settings: security.protocol, sasl.*, ssl.*.
[[ -n ${COMMAND_CONFIG:-} ]] && command+=(--command-config "$COMMAND_CONFIG")
DATA_PARTITIONS=${DATA_PARTITIONS:-6}
REPLICATION_FACTOR=${REPLICATION_FACTOR:-3}
MIN_INSYNC_REPLICAS=${MIN_INSYNC_REPLICAS:-2}

topic() { # NAME PARTITIONS RETENTION_MS
  local settings=(
    retention.ms="$3"
    min.insync.replicas="$MIN_INSYNC_REPLICAS"
    cleanup.policy=delete
    retention.bytes=-1
    max.message.bytes=4194304
    compression.type=producer
    unclean.leader.election.enable=false
  )
  "$BIN/kafka-topics.sh" "${command[@]}" --create --if-not-exists --topic "$PREFIX.$1" \
    --partitions "$2" --replication-factor "$REPLICATION_FACTOR"
  local joined
  joined=$(IFS=,; echo "${settings[*]}")
  "$BIN/kafka-configs.sh" "${command[@]}" --alter --entity-type topics \
    --entity-name "$PREFIX.$1" --add-config "$joined"
}

topic data "$DATA_PARTITIONS" -1
topic control 1 -1
topic activity 1 -1
topic heartbeat 1 2592000000
