# Asks every line of questions.txt and writes answers.jsonl; begun again, it goes on where it ended.
# Nothing to install. export OUTLET_KEY=outlet_…; python bulk.py questions.txt answers.jsonl
import concurrent.futures
import json
import os
import random
import sys
import time
import urllib.error
import urllib.request

ENDPOINT = "https://ENDPOINT"
KEY = os.environ.get("OUTLET_KEY")
AT_ONCE = 8
if not KEY:
    sys.exit("OUTLET_KEY is missing. Create a key in the console, then: export OUTLET_KEY=outlet_…")
if len(sys.argv) != 3:
    sys.exit("Use: python bulk.py questions.txt answers.jsonl")


def call(method, path, body=None, headers=None):
    for attempt in range(10):
        request = urllib.request.Request(
            ENDPOINT + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"x-api-key": KEY, "content-type": "application/json", **(headers or {})},
        )
        pause = min(60, 2**attempt) * random.uniform(0.5, 1)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            if error.code not in (429, 500, 503):
                request_id = error.headers.get("x-amzn-requestid")
                return {"error": f"HTTP {error.code}, request id {request_id}: {error.read().decode()}"}
            time.sleep(max(pause, float(error.headers.get("Retry-After") or 0)))
        except (urllib.error.URLError, TimeoutError):
            time.sleep(pause)
    return {"error": f"{method} {path}: given up after 10 attempts"}


def ask(number, question):
    # A conversation of its own, so that it waits for no other; the same key and body are the same run.
    name = f"bulk-{number}"
    message = {"content": [{"contentType": "text", "body": question}]}
    headers = {"prefer": "wait=25", "idempotency-key": name}
    answer = call("POST", "/conversation", {"conversationId": name, "message": message}, headers)
    while "message" not in answer and not answer.get("error"):
        answer = call("GET", f"/conversation/{name}/{answer['messageId']}?wait=25")
    parts = (answer.get("message") or {}).get("content", [])
    text = "".join(part["body"] for part in parts if part["contentType"] == "text")
    return {"number": number, "question": question, "answer": text, "error": answer.get("error")}


source, target = sys.argv[1:]
done = set()
if os.path.exists(target):
    with open(target, encoding="utf-8") as lines:
        done = {entry["number"] for entry in map(json.loads, lines) if not entry["error"]}
with open(source, encoding="utf-8") as lines:
    questions = [(n, line.strip()) for n, line in enumerate(lines, 1) if line.strip()]
todo = [one for one in questions if one[0] not in done]
failed = 0
with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool, open(target, "a", encoding="utf-8") as out:
    for entry in pool.map(lambda one: ask(*one), todo):
        failed += bool(entry["error"])
        out.write(json.dumps(entry, ensure_ascii=False) + "\n")
        out.flush()
print(f"{len(todo)} asked, {len(questions) - len(todo)} had been answered before, {failed} failed")
sys.exit(1 if failed else 0)
