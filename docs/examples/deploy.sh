#!/bin/sh
# Deploys, waits for the end, and says what happened. The token stays out of the argument list.
set -eu

: "${DEPLOY_URL:?the URL to submit to}" "${TOKEN_FILE:?the file with the token}"

code=0
asyncctl submit "$DEPLOY_URL" --json @release.json --token-file "$TOKEN_FILE" \
  --idempotency-key "$(git rev-parse HEAD)" --save deploy.handle --wait --timeout 20m -o deployed.json || code=$?

case $code in
0) echo "deployed" ;;
1) echo "the deployment failed; nothing to retry" >&2 ;;
124) echo "it still runs; go on with: asyncctl wait deploy.handle --trust-origin ORIGIN" >&2 ;;
*) echo "we do not know how it went (exit code $code): look before you deploy again" >&2 ;;
esac
exit "$code"
