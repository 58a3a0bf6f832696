#!/usr/bin/env bash
# All static checks, in two lanes for two cores; every one runs, and the exit code says whether any failed.
set -u
cd "$(dirname "$0")/.." || exit 1
run() { echo "· $*"; "$@" || { failed=1; echo "✗ failed: $*"; }; }
types() {
  local failed=0
  run npx tsc -b
  run npx tsc -p tsconfig.test.json
  return $failed
}
rules() {
  local failed=0
  run npx biome check --error-on-warnings .
  run npx svelte-check --workspace dashboard --tsconfig ./tsconfig.json --fail-on-warnings --output human
  run npx depcruise --config .dependency-cruiser.cjs core contracts adapters profiles broker ingest alerting settlement api simulators cli dashboard/src
  run npx knip
  return $failed
}
said=$(mktemp)
trap 'rm -f "$said"' EXIT
types >"$said" 2>&1 &
lane=$!
failed=0
rules || failed=1
wait "$lane" || failed=1
cat "$said"
exit $failed
