#!/bin/sh
# Makes the passwords and keys that docker-compose.yml names, each once: what is there stays.
#
#     deploy/secrets.sh [FOLDER]      needs openssl; FOLDER is `secrets` beside docker-compose.yml
#
# Only its owner enters the folder. The files in it can be read, because containers run as users of
# their own: each is given to the services that need it and to no other.
set -eu

folder=${1:-"$(dirname "$0")/../secrets"}
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"

# write NAME CONTENT
write() {
  printf '%s\n' "$2" >"$1.new"
  chmod 444 "$1.new"
  mv -f "$1.new" "$1"
}

# Letters and digits only: nothing to escape in addresses, SQL and configuration. 190 bits.
password() {
  LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c 32
}

# once NAME CONTENT
once() {
  [ -s "$1" ] || write "$1" "$2"
}

# database SERVICE ACCOUNT SCHEMA
database() {
  once "$1-database-url" "mysql://$2:$(password)@mysql:3306/$3"
  once "$1-migrate-url" "mysql://$2_migrate:$(password)@mysql:3306/$3"
}

# key FILE
key() {
  [ -s "$1" ] && return
  pem=$(openssl genpkey -algorithm ed25519)
  write "$1" "$pem"
}

# jwk FILE KID: its public half; the last 32 bytes of the DER are the key (RFC 8410)
jwk() {
  x=$(openssl pkey -in "$1" -pubout -outform DER | tail -c 32 | openssl base64 -A | tr '+/' '-_' | tr -d '=')
  [ "${#x}" = 43 ] || { echo "$1: is no Ed25519 key" >&2; exit 1; }
  printf '{"kty":"OKP","crv":"Ed25519","alg":"EdDSA","use":"sig","kid":"%s","x":"%s"}' "$2" "$x"
}

once mysql-root-password "$(password)"
once grafana-admin-password "$(password)"
once smtp-url "smtp://mail:1025"
once redis-url "redis://:$(password)@redis:6379"
url=$(cat redis-url)
login=${url#*://}
server=${login##*@}
login=${login%@*}
write redis.conf "requirepass ${login#*:}"
# The exporter's REDIS_ADDR, and the password that it uses there.
write redis-exporter.json "{\"${url%%://*}://${server%%/*}\":\"${login#*:}\"}"

database gateway airside_gateway api_gateway_db
database flights airside_flights flights_booking
database booking airside_booking flights_dev
database notification airside_notification notification_dev
database payment-sandbox airside_payments payment_sandbox

# Reads all five schemas and writes nothing.
once audit-url "mysql://airside_audit:$(password)@mysql:3306/"
url=$(cat audit-url)
login=${url#mysql://}
server=${login##*@}
server=${server%%/*}
login=${login%@*}
write mysqld-exporter.cnf "[client]
host=${server%:*}
port=${server##*:}
user=${login%%:*}
password=${login#*:}"

# Signs access tokens; its file's stem is its id.
key gateway.pem
# Sign what services ask of each other; callees know the public halves.
key gateway-service.pem
key booking-service.pem
booking=$(jwk booking-service.pem booking)
gateway=$(jwk gateway-service.pem gateway)
write service-jwks.json "{\"keys\":[$booking,$gateway]}"

echo "secrets are in $(pwd)"
