#!/bin/sh
# Deploys, waits for the end, and says what happened. The token stays out of the argument list.
#
# The idempotency key belongs to one attempt, not to the commit: a server answers the same key with what it has
# stored, so that a key made of the commit alone would bring back an old failure for ever. The key is kept until it
# is known how the attempt ended. Where that is not known, the next run sends the same key: nothing is deployed twice.
set -eu

: "${DEPLOY_URL:?the URL to submit to}" "${TOKEN_FILE:?the file with the token}"

attempt=.deploy-$(git rev-parse HEAD)
[ -s "$attempt" ] || echo "deploy-$(git rev-parse --short HEAD)-$(date +%s)-$$" >"$attempt"

rm -f deploy.handle
code=0
asyncctl submit "$DEPLOY_URL" --json @release.json --token-file "$TOKEN_FILE" \
  --idempotency-key "$(cat "$attempt")" --save deploy.handle --wait --timeout 20m -o deployed.json || code=$?

case $code in
0 | 1 | 2 | 7) rm -f "$attempt" ;; # it is over, or it was never begun
4) [ -e deploy.handle ] || rm -f "$attempt" ;; # the submit was rejected
esac

case $code in
0) echo "deployed" ;;
1) echo "the deployment failed; the next run is a new attempt" >&2 ;;
124) echo "it still runs; go on with: asyncctl wait deploy.handle --trust-origin ORIGIN" >&2 ;;
*) echo "we do not know how it went (exit code $code): look before you deploy again" >&2 ;;
esac
exit "$code"
