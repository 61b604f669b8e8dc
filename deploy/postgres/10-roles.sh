#!/bin/sh
# Run once by the PostgreSQL image, on an empty data volume: makes the product's roles with the passwords from the environment.
set -eu
{
  cat <<'SQL'
\getenv owner STOREKEEP_OWNER_PASSWORD
\getenv runtime STOREKEEP_RUNTIME_PASSWORD
\getenv system STOREKEEP_SYSTEM_PASSWORD
SELECT count(set_config('setup.' || name || '_password', password, false)) AS passwords
FROM (VALUES ('owner', :'owner'), ('runtime', :'runtime'), ('system', :'system')) AS roles (name, password);
SQL
  cat "${ROLES_SQL:-/roles.sql}"
} | psql --set ON_ERROR_STOP=1 --no-psqlrc --quiet --username "$POSTGRES_USER" --dbname "$POSTGRES_DB"
