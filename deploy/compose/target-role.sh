#!/usr/bin/env bash
# The role that Steno signs in as. The superuser's password stays with the database.
set -euo pipefail
psql --username postgres --dbname shop --set ON_ERROR_STOP=1 \
  --set password="$(</run/secrets/target-password)" <<'SQL'
CREATE ROLE app LOGIN PASSWORD :'password';
SQL
