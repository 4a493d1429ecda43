#!/usr/bin/env bash
# Sends what fits and what does not fit the OpenAPI document to a server of its own, and fails on an answer that the
# document does not describe. The seed is fixed and the time bounded, so that a run can be repeated.
#
#   tools/schemathesis.sh SERVER     SERVER is the program, such as target/debug/server
set -euo pipefail
seed=20261118
cases=150

server=$(realpath -m "${1:?usage: tools/schemathesis.sh SERVER}")
[ -x "$server" ] || { echo "there is no $server: build it first" >&2; exit 1; }

folder=$(mktemp -d /tmp/lutong-schemathesis.XXXXXX)
port=$((20000 + RANDOM % 20000))
env -i PATH="$PATH" DATABASE_URL="sqlite://$folder/lutong.db" LUTONG_DATA="$folder" LUTONG_DEVELOPMENT=true \
  LUTONG_LIMITS=generous LEPTOS_OUTPUT_NAME=lutong LEPTOS_SITE_ADDR="127.0.0.1:$port" \
  "$server" serve 2>"$folder/server.log" & running=$!
trap 'kill $running 2>/dev/null || true; wait $running 2>/dev/null || true; rm -rf "$folder"' EXIT

status=0
(cd "$folder" && timeout 300 schemathesis run "http://127.0.0.1:$port/api/v1/openapi.json" --wait-for-schema 60 \
  --seed $seed --max-examples $cases --phases examples,coverage,fuzzing --request-timeout 10 \
  --checks all --warnings off --generation-database none) || status=$?
if [ $status != 0 ]; then
  tail -5 "$folder/server.log" >&2
fi
exit $status
