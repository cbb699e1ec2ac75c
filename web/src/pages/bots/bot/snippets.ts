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
