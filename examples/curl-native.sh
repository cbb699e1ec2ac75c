# One question, one answer, by Outlet's own API. First: export OUTLET_KEY=outlet_…
: "${OUTLET_KEY:?is missing. Create a key in the console, then: export OUTLET_KEY=outlet_…}"

# Waits up to 25 seconds for the answer, and as long as a 429 or 503 says before it tries again.
curl -sS --fail-with-body --retry 5 'https://ENDPOINT/conversation' \
  -w '%{onerror}%{stderr}\nHTTP %{http_code}, request id %header{x-amzn-requestid}\n' \
  -H "x-api-key: $OUTLET_KEY" \
  -H 'content-type: application/json' \
  -H 'prefer: wait=25' \
  -d '{"message":{"content":[{"contentType":"text","body":"What can you do?"}]}}'
