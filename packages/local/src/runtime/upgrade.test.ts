import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClients } from "@outlet/aws/clients";
import { createDynamoTable } from "@outlet/aws/dynamodb-table";
import { silentLog } from "@outlet/core/ports";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startEmulators } from "../emulators/start.ts";
import { signIn } from "../sign-in/sign-in.ts";
import { clientOptions } from "./backends.ts";
import { readOptions } from "./options.ts";
import { cell } from "./platform.ts";
import { type Runtime, startRuntime } from "./runtime.ts";
import { type Client, clientOf, eventually } from "./runtime-fixture.ts";

const ofVersion1 = new URL("../edge/fixtures/stack-of-version-1.json", import.meta.url);

let dataDir: string;
let runtime: Runtime | undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "outlet-upgrade-"));
});
afterAll(async () => {
  await runtime?.stop();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(...args: string[]): Promise<Runtime> {
  const options = readOptions(["--port", "0", "--data", dataDir, ...args], {});
  if (!options) throw new Error("The options were not understood.");
  return startRuntime(options);
}

const pathOf = ({ ready }: Runtime) => new URL(ready.sampleBot.endpoint).pathname;

async function adminOf({ ready }: Runtime): Promise<Client> {
  const user = ready.users.find(({ name }) => name === "admin");
  if (!user) throw new Error("no admin");
  const { accessToken } = await signIn({
    issuer: ready.issuer,
    user: user.name,
    password: user.password,
  });
  return clientOf(ready.controlApiUrl, { authorization: `Bearer ${accessToken}` });
}

const rowOf = async (admin: Client, botId: string) => {
  const { json } = await admin("GET", "/admin/publications");
  const row = json.publications.find((one: { botId: string }) => one.botId === botId);
  return { ...row, templateUpgrades: json.templateUpgrades };
};

const healthOf = async ({ ready: { sampleBot } }: Runtime) =>
  (await clientOf(sampleBot.endpoint, { "x-api-key": sampleBot.apiKey })("GET", "/health")).status;

async function stackFile() {
  const folder = join(dataDir, "stacks");
  const [name = ""] = await readdir(folder);
  const path = join(folder, name);
  return { path, record: JSON.parse(await readFile(path, "utf8")) };
}

/** As version 1 left it: its template on disk, and a publication that names no template. */
async function age(botId: string): Promise<void> {
  const { path, record } = await stackFile();
  const text = await readFile(ofVersion1, "utf8");
  const { template } = JSON.parse(text.replaceAll("01JD8Z6V9K3QW5X7Y2B4C6D8E0", botId));
  await writeFile(path, JSON.stringify({ ...record, template }));
  const emulators = await startEmulators({ dataDir, log: silentLog });
  try {
    const { dynamodb: client } = createClients(clientOptions(emulators));
    const table = createDynamoTable({ client, tableName: emulators.tableName });
    const remove = ["templateVersion", "upgrade", "revision"];
    await table.update({ pk: `BOT#${botId}`, sk: "PUBLICATION" }, { remove });
    await table.remove({ pk: `UPGRADES#${cell}`, sk: "ROUND" });
  } finally {
    await emulators.stop();
  }
}

test("a data directory of an older version is served as it is, and upgraded in place", async () => {
  runtime = await start();
  const { botId, apiKey } = runtime.ready.sampleBot;
  const path = pathOf(runtime);
  const { record: before } = await stackFile();
  await runtime.stop();
  await age(botId);

  runtime = await start("--template-upgrades", "off");
  expect(pathOf(runtime)).toBe(path);
  expect(await healthOf(runtime)).toBe(200);
  const off = await rowOf(await adminOf(runtime), botId);
  expect(off).toMatchObject({
    status: "published",
    templateVersion: null,
    upgradeState: "pending",
    templateUpgrades: false,
  });
  await runtime.stop();

  runtime = await start();
  expect(runtime.ready.sampleBot.apiKey).toBe(apiKey);
  const admin = await adminOf(runtime);
  const running = runtime;
  const statuses = new Set<number>();
  const row = await eventually(
    async () => {
      statuses.add(await healthOf(running));
      return rowOf(admin, botId);
    },
    ({ upgradeState }) => upgradeState === "current",
  );
  expect(row).toMatchObject({
    status: "published",
    templateVersion: off.currentTemplateVersion,
    upgradeFailure: null,
    templateUpgrades: true,
  });
  expect(await healthOf(runtime)).toBe(200);
  expect([...statuses]).toEqual([200]);
  expect(pathOf(runtime)).toBe(path);
  const { record: after } = await stackFile();
  expect([after.restApiId, after.usagePlanId]).toEqual([before.restApiId, before.usagePlanId]);
  expect(after.template).toEqual(before.template);

  const csv = (await admin("GET", "/admin/publications?format=csv")).text;
  expect(csv.split("\n")[0]).toContain('"templateVersion","currentTemplateVersion","upgradeState"');
  expect(csv).toContain(`"${row.templateVersion}","${row.currentTemplateVersion}","current"`);
  const { entries } = (await admin("GET", "/admin/audit?action=publication.upgrade")).json;
  expect(entries).toMatchObject([
    {
      actor: { username: "system" },
      botId,
      outcome: "done",
      before: { templateVersion: null },
      after: { templateVersion: row.templateVersion },
    },
  ]);
});
