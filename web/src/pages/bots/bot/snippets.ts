const question = "What can you do?";
const body = `{"message":{"content":[{"contentType":"text","body":"${question}"}]}}`;
const keyVariable = "$OUTLET_KEY";

/** One command that works as it is pasted; `wait` makes it answer in one go where that is quick. */
export const curl = (endpoint: string, key = keyVariable): string =>
  `curl -sS '${endpoint}/conversation' \\
  -H ${key === keyVariable ? `"x-api-key: ${key}"` : `'x-api-key: ${key}'`} \\
  -H 'content-type: application/json' \\
  -H 'prefer: wait=20' \\
  -d '${body}'`;

export const python = (endpoint: string): string => `import os
import time

import requests

endpoint = "${endpoint}"
headers = {"x-api-key": os.environ["OUTLET_KEY"]}

sent = requests.post(
    f"{endpoint}/conversation",
    headers=headers,
    json={"message": {"content": [{"contentType": "text", "body": "${question}"}]}},
    timeout=30,
)
sent.raise_for_status()
ids = sent.json()

# 202 while the answer is on its way; wait=20 holds the request until it is there.
url = f"{endpoint}/conversation/{ids['conversationId']}/{ids['messageId']}"
while True:
    reply = requests.get(url, headers=headers, params={"wait": 20}, timeout=30)
    if reply.status_code != 202:
        break
    time.sleep(1)
reply.raise_for_status()
for part in reply.json()["message"]["content"]:
    print(part.get("body", ""))
`;

export const javascript = (endpoint: string): string => `const endpoint = "${endpoint}";
const headers = {
  "x-api-key": process.env.OUTLET_KEY,
  "content-type": "application/json",
};

const sent = await fetch(\`\${endpoint}/conversation\`, {
  method: "POST",
  headers,
  body: JSON.stringify({
    message: { content: [{ contentType: "text", body: "${question}" }] },
  }),
});
if (!sent.ok) throw new Error(await sent.text());
const { conversationId, messageId } = await sent.json();

// 202 while the answer is on its way; wait=20 holds the request until it is there.
const url = \`\${endpoint}/conversation/\${conversationId}/\${messageId}?wait=20\`;
let reply = await fetch(url, { headers });
while (reply.status === 202) reply = await fetch(url, { headers });
if (!reply.ok) throw new Error(await reply.text());
const { message } = await reply.json();
console.log(message.content.map((part) => part.body ?? "").join("\\n"));
`;
