#!/bin/sh
# Gives the roles of roles.sql their passwords, from the secrets of compose.yaml. The image of
# PostgreSQL runs it when it makes the database.
set -eu
psql -v ON_ERROR_STOP=1 -U postgres -d newsmorgue \
	-v owner="$(cat /run/secrets/owner-password)" -v machine="$(cat /run/secrets/machine-password)" <<'SQL'
ALTER ROLE newsmorgue_owner PASSWORD :'owner';
ALTER ROLE newsmorgue PASSWORD :'machine';
SQL
