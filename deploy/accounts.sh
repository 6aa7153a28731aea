#!/bin/sh
# Each service's schema and its two accounts, one that migrates and one that serves, and the audit's,
# which reads all of them, from the addresses in the secrets. `accounts.sh rights`, after the migrations, gives the latter its rights
# in the tables, as rights.sql says. Both can be run again.
set -eu

secrets=/run/secrets
MYSQL_PWD=$(cat "$secrets/mysql-root-password")
export MYSQL_PWD

root() {
  mysql --host="${MYSQL_ADDRESS%:*}" --port="${MYSQL_ADDRESS##*:}" --user=root --batch --skip-column-names
}

# account FILE: sets $account, $password and $schema from mysql://account:password@host/schema
account() {
  rest=$(cat "$1")
  rest=${rest#mysql://}
  account=${rest%%:*}
  rest=${rest#*:}
  password=${rest%%@*}
  schema=${rest##*/}
}

create_account() {
  cat <<SQL
CREATE USER IF NOT EXISTS '$account'@'%' IDENTIFIED BY '$password';
ALTER USER '$account'@'%' IDENTIFIED BY '$password';
SQL
}

make_accounts() {
  for file in "$secrets"/*-database-url "$secrets"/*-migrate-url; do
    account "$file"
    echo "CREATE DATABASE IF NOT EXISTS \`$schema\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;"
    create_account
  done
  account "$secrets/audit-url"
  create_account
  audit=$account
  for file in "$secrets"/*-migrate-url; do
    account "$file"
    # An underscore in a GRANT's schema is a wildcard unless escaped.
    pattern=$(printf '%s' "$schema" | sed 's/_/\\_/g')
    echo "GRANT ALL PRIVILEGES ON \`$pattern\`.* TO '$account'@'%';"
    echo "GRANT SELECT ON \`$pattern\`.* TO '$audit'@'%';"
  done
}

select_rights() {
  for file in "$secrets"/*-database-url; do
    account "$file"
    sed -e "s/{schema}/$schema/g" -e "s/{account}/$account/g" -e "s/{host}/%/g" /deploy/rights.sql
    echo ";"
  done
}

case "${1:-}" in
  rights)
    grants=$(select_rights | root)
    echo "$grants" | root
    ;;
  "") make_accounts | root ;;
  *)
    echo "usage: accounts.sh [rights]" >&2
    exit 2
    ;;
esac
