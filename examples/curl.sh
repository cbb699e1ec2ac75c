curl -sS 'https://ENDPOINT/v1/responses' \
  -H "authorization: Bearer $OUTLET_KEY" \
  -H 'content-type: application/json' \
  -d '{"model":"bot","input":"What can you do?"}'
