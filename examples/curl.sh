# One question, one answer. First: export OUTLET_KEY=outlet_…
: "${OUTLET_KEY:?is missing. Create a key in the console, then: export OUTLET_KEY=outlet_…}"

# Waits as long as a 429 or 503 says, then tries again; what failed is printed with its request id.
curl -sS --fail-with-body --retry 5 'https://ENDPOINT/v1/responses' \
  -w '%{onerror}%{stderr}\nHTTP %{http_code}, request id %header{x-amzn-requestid}\n' \
  -H "authorization: Bearer $OUTLET_KEY" \
  -H 'content-type: application/json' \
  -d '{"model":"bot","input":"What can you do?"}'
