import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { example } from "./examples.ts";
import { installClients, installSchemathesis } from "./install.ts";
import { pngUrl, startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld({ throttle: null, quota: null });
});
afterAll(() => world.stop());

const minutes = 60_000;

async function run(command: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const [code] = await once(child, "close");
  return { code: Number(code), output };
}

describe("stock Python clients", () => {
  test(
    "are served with nothing set but base URL, key and model",
    async () => {
      const python = await installClients();
      const slow = await world.outlet.publish({ throttle: { burstLimit: 1, rateLimit: 2 } });
      const script = fileURLToPath(new URL("./clients.py", import.meta.url));
      const { code, output } = await run(python, [script], {
        OUTLET_BASE_URL: world.settings.baseURL,
        OUTLET_KEY: world.settings.apiKey,
        OUTLET_PNG: pngUrl,
        OUTLET_SLOW_BASE_URL: `${slow.endpoint}/v1`,
        OUTLET_SLOW_KEY: slow.apiKey,
        // Else it looks for prices on the internet, three times.
        LITELLM_LOCAL_MODEL_COST_MAP: "True",
      });
      const checks = output.match(/^(ok|not ok) .*$/gm) ?? [];
      expect(checks.filter((line) => line.startsWith("not ok"))).toEqual([]);
      expect([code, checks.length], output).toEqual([0, 13]);
    },
    10 * minutes,
  );
});

test("the example in Python asks, goes on and streams", async () => {
  const program = await example("openai.py", world.bot.endpoint);
  const env = { OUTLET_KEY: world.bot.apiKey };
  const { code, output } = await run(await installClients(), ["-c", program], env);
  expect(output.trim().split("\n")).toEqual([
    'You said "What can you do?" after 0 messages with 0 images.',
    'You said "Tell me more." after 2 messages with 0 images.',
  ]);
  expect(code).toBe(0);
});

test("the example of chat completions in Python streams the answer", async () => {
  const program = await example("chat.py", world.bot.endpoint);
  const env = { OUTLET_KEY: world.bot.apiKey };
  const { code, output } = await run(await installClients(), ["-c", program], env);
  expect([code, output]).toEqual([
    0,
    'You said "What can you do?" after 0 messages with 0 images.\n',
  ]);
});

test("the example in plain Python asks and prints the answer", async () => {
  const program = await example("python.py", world.bot.endpoint);
  const python = await installClients();
  const { code, output } = await run(python, ["-c", program], { OUTLET_KEY: world.bot.apiKey });
  expect([code, output]).toEqual([
    0,
    'You said "What can you do?" after 0 messages with 0 images.\n',
  ]);
  const wrong = await run(python, ["-c", program], { OUTLET_KEY: "outlet_wrong" });
  expect(wrong.output).toMatch(/HTTP 403, request id [0-9a-f]{8}-.*Forbidden/);
  expect((await run(python, ["-c", program], { OUTLET_KEY: "" })).output).toContain("is missing");
});

test("the bulk job asks every line once, however slow it has to be, and goes on where it ended", async () => {
  const slow = await world.outlet.publish({ throttle: { burstLimit: 2, rateLimit: 4 } });
  const folder = await mkdtemp(join(tmpdir(), "outlet-bulk-"));
  const source = join(folder, "questions.txt");
  const target = join(folder, "answers.jsonl");
  const program = await example("bulk.py", slow.endpoint);
  const python = await installClients();
  const job = () => run(python, ["-c", program, source, target], { OUTLET_KEY: slow.apiKey });
  await writeFile(source, "One\nTwo\n\nThree\n");
  expect(await job()).toEqual({
    code: 0,
    output: "3 asked, 0 had been answered before, 0 failed\n",
  });
  await appendFile(source, "Four\n");
  expect(await job()).toEqual({
    code: 0,
    output: "1 asked, 3 had been answered before, 0 failed\n",
  });
  const answers = (await readFile(target, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(answers.map(({ question, error }) => [question, error])).toEqual(
    ["One", "Two", "Three", "Four"].map((question) => [question, null]),
  );
  await rm(folder, { recursive: true });
});

describe("requests made up from the control API's description", () => {
  test(
    "meet no fault of ours",
    async () => {
      const schemathesis = await installSchemathesis();
      // They delete what they find.
      const own = await startWorld();
      try {
        const { authorization = "" } = await own.outlet.authorizationOf("admin");
        const { code, output } = await run(schemathesis, [
          "run",
          `${own.outlet.ready.controlApiUrl}/openapi.json`,
          "--header",
          `authorization: ${authorization}`,
          "--checks=not_a_server_error",
          "--phases=coverage,fuzzing",
          "--max-examples=8",
          "--request-timeout=30",
          "--generation-database=none",
          "--no-color",
          "--seed=1",
        ]);
        expect(code, output).toBe(0);
      } finally {
        await own.stop();
      }
    },
    15 * minutes,
  );
});

describe("requests made up from the bot's own description", () => {
  test(
    "meet no fault of ours, and no status that is not described",
    async () => {
      const schemathesis = await installSchemathesis();
      const { code, output } = await run(schemathesis, [
        "run",
        `${world.bot.endpoint}/openapi.json`,
        "--header",
        `x-api-key: ${world.settings.apiKey}`,
        "--checks=not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        "--max-examples=25",
        "--request-timeout=30",
        "--generation-database=none",
        "--no-color",
        "--seed=1",
      ]);
      expect(code, output).toBe(0);
    },
    15 * minutes,
  );
});
