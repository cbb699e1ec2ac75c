# Nothing to install. export OUTLET_KEY=outlet_…
import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

ENDPOINT = "https://ENDPOINT"
KEY = os.environ.get("OUTLET_KEY")
if not KEY:
    sys.exit("OUTLET_KEY is missing. Create a key in the console, then: export OUTLET_KEY=outlet_…")


def call(method, path, body=None, headers=None):
    """One request. Waits and tries again where the answer says so; ends with what it says otherwise."""
    for attempt in range(6):
        request = urllib.request.Request(
            ENDPOINT + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"x-api-key": KEY, "content-type": "application/json", **(headers or {})},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code in (429, 503) and attempt < 5:
                time.sleep(float(error.headers.get("Retry-After") or 2**attempt))
                continue
            request_id = error.headers.get("x-amzn-requestid")
            sys.exit(f"HTTP {error.code}, request id {request_id}: {error.read().decode()}")


def ask(question, conversation_id=None):
    """The answer's text, and the conversation to go on with."""
    message = {"message": {"content": [{"contentType": "text", "body": question}]}}
    if conversation_id:
        message["conversationId"] = conversation_id
    # Nearly always this one request brings the answer; sent again, it is not asked twice.
    headers = {"prefer": "wait=25", "idempotency-key": str(uuid.uuid4())}
    _, answer = call("POST", "/conversation", message, headers)
    path = f"/conversation/{answer['conversationId']}/{answer['messageId']}"
    while "message" not in answer:
        status, found = call("GET", f"{path}?wait=25")
        if status == 200:
            answer = found
    if answer["error"]:
        sys.exit(f"The run failed: {answer['error']}")
    parts = answer["message"]["content"]
    text = "".join(part["body"] for part in parts if part["contentType"] == "text")
    return text, answer["conversationId"]


text, conversation = ask("What can you do?")
print(text)
