#!/usr/bin/env bash
# All static checks, cheapest first; every one runs, and the exit code says whether any failed.
set -u
cd "$(dirname "$0")/.." || exit 1
failed=0
run() { echo "· $*"; "$@" || { failed=1; echo "✗ failed: $*"; }; }
run npx biome check --error-on-warnings .
run npx tsc -b
run npx tsc -p tsconfig.test.json
[ -f dashboard/tsconfig.json ] && run npx svelte-check --workspace dashboard --tsconfig ./tsconfig.json --fail-on-warnings --output human
run npx depcruise --config .dependency-cruiser.cjs core contracts adapters profiles broker ingest alerting settlement api simulators cli $([ -d dashboard/src ] && echo dashboard/src)
[ -f knip.json ] && run npx knip
exit $failed
