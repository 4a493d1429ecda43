# Sourced: starts a PostgreSQL cluster of one's own in a temporary folder and ends it with the shell.
start_postgres() {
  local bin folder port as=()
  bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
  folder=$(mktemp -d /tmp/lutong-postgres.XXXXXX)
  port=$((20000 + RANDOM % 20000))
  if [ "$(id -u)" = 0 ]; then chown postgres "$folder"; as=(setpriv --reuid=postgres --regid=postgres --clear-groups); fi
  (cd / && "${as[@]}" "$bin/initdb" -D "$folder/data" -U postgres -A trust -E UTF8 --no-locale >/dev/null)
  # Encrypted connections are tested too; the certificate is made for this cluster alone.
  (cd / && "${as[@]}" openssl req -new -x509 -nodes -days 30 -subj /CN=127.0.0.1 \
    -keyout "$folder/data/server.key" -out "$folder/data/server.crt" 2>/dev/null && chmod 600 "$folder/data/server.key")
  (cd / && "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -w -l "$folder/log" \
    -o "-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300 -c ssl=on" start >/dev/null)
  # shellcheck disable=SC2064
  trap "(cd / && ${as[*]} $bin/pg_ctl -D $folder/data -m immediate stop >/dev/null 2>&1); rm -rf $folder" EXIT
  export TEST_DATABASE_URL=postgres://postgres@127.0.0.1:$port/postgres
}
