#!/usr/bin/env bash
# Made from access.json by `npm run generate:deploy`.
# Says who may read and write which topic. Write and Read include Describe.
set -euo pipefail

: "${BOOTSTRAP:?a broker, as host:port}"
PREFIX=${PREFIX:-steno}
BIN=${BIN:-/opt/kafka/bin}
command=(--bootstrap-server "$BOOTSTRAP")
# A file of client settings: security.protocol, sasl.*, ssl.*.
[[ -n ${COMMAND_CONFIG:-} ]] && command+=(--command-config "$COMMAND_CONFIG")

CAPTURE=${CAPTURE:-User:steno-capture}
PROJECTOR=${PROJECTOR:-User:steno-projector}
API=${API:-User:steno-api}

allow() { # PRINCIPAL OPERATION TOPIC...
  local principal=$1 operation=$2 topics=()
  shift 2
  for topic; do topics+=(--topic "$PREFIX.$topic"); done
  "$BIN/kafka-acls.sh" "${command[@]}" --add --allow-principal "$principal" \
    --operation "$operation" "${topics[@]}"
}

follow() { # PRINCIPAL: consumer groups whose names begin with the prefix and a dot
  "$BIN/kafka-acls.sh" "${command[@]}" --add --allow-principal "$1" \
    --operation Read --group "$PREFIX." --resource-pattern-type prefixed
}

allow "$CAPTURE" Write data control activity heartbeat
allow "$CAPTURE" Read data control
follow "$CAPTURE"

allow "$PROJECTOR" Write control heartbeat
allow "$PROJECTOR" Read data control activity heartbeat
follow "$PROJECTOR"

allow "$API" Write data control activity heartbeat
allow "$API" Read data control heartbeat
follow "$API"
