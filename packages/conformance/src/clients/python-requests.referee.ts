import { join } from "node:path";
import { type Outlet, type PublishedBot, startOutlet } from "@outlet/local/runtime/runtime-fixture";
import { afterAll, beforeAll, expect, test } from "vitest";
import { toolsDir } from "../referees/install.ts";
import { answerOf, clientRequests } from "./requests.ts";
import { run } from "./senders.ts";

/** Python's `requests`, which comes with the referees. */
const program = `
import base64, json, sys, requests
asked = json.loads(sys.stdin.read())
url = requests.Request(asked["method"], asked["endpoint"]).prepare()
url.url = asked["endpoint"] + asked["path"]
url.headers.update(asked["headers"])
if asked["body"] is not None:
    url.prepare_body(base64.b64decode(asked["body"]), None)
reply = requests.Session().send(url, timeout=20)
print(json.dumps([reply.status_code, reply.headers.get("content-type"), reply.text]))
`;

let outlet: Outlet;
let bot: PublishedBot;

beforeAll(async () => {
  outlet = await startOutlet();
  bot = await outlet.publish({ throttle: null, quota: null });
});
afterAll(() => outlet.stop());

test.each(clientRequests.filter(({ only }) => only !== "raw"))(
  "$name, sent by Python's requests, is answered as to any client",
  async ({ method, path, headers, body, right }) => {
    const asked = {
      endpoint: bot.endpoint,
      method,
      path,
      headers: { ...headers, "x-api-key": bot.apiKey },
      body: body ? Buffer.from(body).toString("base64") : null,
    };
    const python = join(toolsDir, "python", "bin", "python");
    const said = await run(python, ["-c", program], Buffer.from(JSON.stringify(asked)));
    const [status, type, text] = JSON.parse(said) as [number, string | null, string];
    const { code = null } = right;
    expect(answerOf(status, type, text)).toMatchObject({ status: right.status, code });
  },
);
