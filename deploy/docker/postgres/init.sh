#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
# Run by the postgres image when its data folder is empty.
set -eu
for service in identity requests notifications participation; do
    prefix=$(echo "PARVIS_$service" | tr '[:lower:]' '[:upper:]')
    psql -q -U postgres -v service="$service" -v password="$(printenv "${prefix}_PASSWORD")" \
        -v owner_password="$(printenv "${prefix}_OWNER_PASSWORD")" -f /sql/database.sql
    psql -q -U postgres -v service="$service" -v password="$(printenv "${prefix}_KEYS_PASSWORD")" -f /sql/keystore.sql
done
