import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startWorld, type World } from "../../src/clients/world.ts";

const docs = new URL("../../../../docs/", import.meta.url);

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

/** Commands of the guides that call a published bot, each as it stands there. */
const commands = readdirSync(docs)
  .filter((name) => name.endsWith(".md"))
  .flatMap((name) =>
    [...readFileSync(new URL(name, docs), "utf8").matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(
      ([, code = ""]) =>
        code
          .split(/\n(?=curl )/)
          .filter((command) => command.startsWith("curl ") && command.includes("$ENDPOINT"))
          .map((command) => ({ name, command: command.replace(/\n#.*$/s, "").trim() })),
    ),
  );

test("the guides have commands to try", () => {
  expect(new Set(commands.map(({ name }) => name)).size).toBeGreaterThanOrEqual(2);
});

test.each(commands)("a command of $name is answered", async ({ command }) => {
  const { endpoint, apiKey } = world.bot;
  const sent = await fetch(`${endpoint}/conversation`, {
    method: "POST",
    headers: { "x-api-key": apiKey, "content-type": "application/json", prefer: "wait=25" },
    body: JSON.stringify({ message: { content: [{ contentType: "text", body: "Hello" }] } }),
  });
  const { conversationId, messageId } = (await sent.json()) as Record<string, string>;
  const env = {
    ...process.env,
    ENDPOINT: endpoint,
    OUTLET_KEY: apiKey,
    CONVERSATION: conversationId,
    MESSAGE: messageId,
  };
  // Ids that a guide abbreviates are those of a message that was answered.
  const whole = command.replaceAll("01…/01…", "$CONVERSATION/$MESSAGE");
  const shell = ["-c", whole.replace(/^curl /, "curl --fail-with-body ")];
  const { stdout } = await promisify(execFile)("sh", shell, { env });
  expect(stdout === "" || /^(\{|event: |id: |:)/.test(stdout), stdout).toBe(true);
});
