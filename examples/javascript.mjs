// Nothing to install: Node 18 or newer. export OUTLET_KEY=outlet_…
const endpoint = "https://ENDPOINT";
const key = process.env.OUTLET_KEY;
if (!key) {
  console.error(
    "OUTLET_KEY is missing. Create a key in the console, then: export OUTLET_KEY=outlet_…",
  );
  process.exit(1);
}

/** One request. Waits and tries again where the answer says so; throws what it says otherwise. */
async function call(method, path, { body, headers } = {}) {
  for (let attempt = 0; ; attempt += 1) {
    const answer = await fetch(endpoint + path, {
      method,
      headers: { "x-api-key": key, "content-type": "application/json", ...headers },
      body: body && JSON.stringify(body),
    });
    if (answer.ok) return { status: answer.status, ...(await answer.json()) };
    if ([429, 503].includes(answer.status) && attempt < 5) {
      const seconds = Number(answer.headers.get("retry-after") ?? 2 ** attempt);
      await new Promise((done) => setTimeout(done, seconds * 1000));
      continue;
    }
    const id = answer.headers.get("x-amzn-requestid");
    throw new Error(`HTTP ${answer.status}, request id ${id}: ${await answer.text()}`);
  }
}

async function ask(question, conversationId) {
  const message = { content: [{ contentType: "text", body: question }] };
  // Nearly always this one request brings the answer; sent again, it is not asked twice.
  const headers = { prefer: "wait=25", "idempotency-key": crypto.randomUUID() };
  let answer = await call("POST", "/conversation", { body: { conversationId, message }, headers });
  const path = `/conversation/${answer.conversationId}/${answer.messageId}?wait=25`;
  while (!answer.message) answer = await call("GET", path);
  if (answer.error) throw new Error(`The run failed: ${JSON.stringify(answer.error)}`);
  const texts = answer.message.content.filter((part) => part.contentType === "text");
  return texts.map((part) => part.body).join("");
}

console.log(await ask("What can you do?"));
