# pip install openai
# export OUTLET_KEY=outlet_…
import os
import sys

from openai import APIStatusError, OpenAI

key = os.environ.get("OUTLET_KEY")
if not key:
    sys.exit("OUTLET_KEY is missing. Create a key in the console, then: export OUTLET_KEY=outlet_…")
# Waits as Retry-After says and tries again, up to five times.
client = OpenAI(base_url="https://ENDPOINT/v1", api_key=key, max_retries=5)

try:
    messages = [{"role": "user", "content": "What can you do?"}]
    stream = client.chat.completions.create(model="bot", messages=messages, stream=True)
    for chunk in stream:
        if chunk.choices:
            print(chunk.choices[0].delta.content or "", end="", flush=True)
    print()
except APIStatusError as error:
    request_id = error.response.headers.get("x-amzn-requestid")
    sys.exit(f"HTTP {error.status_code}, request id {request_id}: {error.response.text}")
