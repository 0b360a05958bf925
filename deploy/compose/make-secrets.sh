#!/usr/bin/env bash
# Makes the passwords of compose.yaml in ./secrets, once. Compose gives files to containers with
# their modes, and each runs as another user, so it is the folder that keeps others out.
set -euo pipefail
cd "$(dirname "$0")"
umask 077
mkdir -p secrets

password() { # NAME: makes it, unless it is there
  local file=secrets/$1
  [[ -e $file ]] && return
  head -c 24 /dev/urandom | base64 | tr '+/' '-_' | tr -d '\n' >"$file"
  chmod 0444 "$file"
}

for name in clickhouse-password grafana-password target-password target-superuser-password; do
  password "$name"
done

hash=$(sha256sum <secrets/clickhouse-password | cut -d' ' -f1)
rm -f secrets/clickhouse-users.xml
cat >secrets/clickhouse-users.xml <<XML
<clickhouse>
  <users>
    <default>
      <networks replace="replace"><ip>127.0.0.1</ip><ip>::1</ip></networks>
    </default>
    <steno>
      <password_sha256_hex>$hash</password_sha256_hex>
      <networks><ip>::/0</ip></networks>
      <profile>default</profile>
      <quota>default</quota>
    </steno>
  </users>
</clickhouse>
XML
chmod 0444 secrets/clickhouse-users.xml
echo "made in $PWD/secrets"
