import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Bot } from "@outlet/core/bots/bot";
import type { Caller } from "@outlet/core/foundation/caller";
import type { Id } from "@outlet/core/foundation/id";
import { Key } from "@outlet/core/publishing/key";
import { Keyring } from "@outlet/core/publishing/keyring";
import { Knowledge } from "@outlet/core/bots/knowledge";
import type { ModelCatalog } from "@outlet/core/models/catalog";
import type { Clock, ObjectStore, Provisioner, Queue, Randomness, Table } from "@outlet/core/ports";
import { Publication } from "@outlet/core/publishing/publication";
import * as v from "valibot";
import type { Ready } from "./ready-file.ts";

interface Deps {
  table: Table;
  objects: ObjectStore;
  deployQueue: Queue;
  syncQueue: Queue;
  provisioner: Provisioner;
  clock: Clock;
  ids: Id.Ids;
  randomness: Randomness;
  catalog: ModelCatalog.Catalog;
  pepper: Uint8Array;
  cell: string;
  endpointOf: (publication: Publication.Info) => string | null;
}

const Saved = v.object({ botId: v.string(), apiKey: v.string() });
type Saved = v.InferOutput<typeof Saved>;

const readme = new URL("../../../../README.md", import.meta.url);
const publishPatienceMs = 120_000;

/** A published bot with a key, so that the first curl works; made anew where the old one is gone. */
export async function ensureSampleBot(
  deps: Deps,
  { dataDir, owner }: { dataDir: string; owner: Caller.Info },
): Promise<Ready["sampleBot"]> {
  const path = join(dataDir, "sample-bot.json");
  const saved = await read(path);
  const endpoint = saved && (await endpointIfOpen(deps, saved));
  if (saved && endpoint) return { botId: saved.botId, endpoint, apiKey: saved.apiKey };
  const bot = await create(deps, owner);
  await Publication.publish(deps, owner, bot, v.parse(Publication.Publish, {}));
  const publication = await untilPublished(deps, bot.botId);
  const { value } = await Keyring.issue(deps, publication, {
    label: "Sample key",
    expiresAt: null,
    createdBy: owner.userId,
  });
  const made = { botId: bot.botId, apiKey: value };
  await writeFile(`${path}.draft`, JSON.stringify(made), { mode: 0o600 });
  await rename(`${path}.draft`, path);
  return { botId: bot.botId, endpoint: endpointOf(deps, publication), apiKey: value };
}

async function create(deps: Deps, owner: Caller.Info): Promise<Bot.Info> {
  const bot = await Bot.create(
    deps,
    owner,
    v.parse(Bot.Create, {
      title: "Sample bot",
      description: "Answers questions about Outlet from its README.",
      instruction: "Answer questions about Outlet from the README. Quote what you use.",
      showSources: true,
    }),
  );
  await Knowledge.add(deps, bot.botId, { name: "README.md", text: await readFile(readme, "utf8") });
  await untilSynced(deps, bot.botId);
  return Bot.share(deps, owner, bot.botId, { scope: "all", allowedUsers: [], allowedGroups: [] });
}

async function untilSynced(deps: Deps, botId: string): Promise<void> {
  const giveUpAt = deps.clock.now() + publishPatienceMs;
  for (;;) {
    const bot = await Bot.fromId(deps.table, botId);
    if (bot?.syncStatus === "SUCCEEDED") return;
    if (bot?.syncStatus === "FAILED" || deps.clock.now() > giveUpAt) {
      throw new Error("The sample bot's README could not be read.");
    }
    await deps.clock.sleep(10);
  }
}

async function untilPublished(deps: Deps, botId: string): Promise<Publication.Info> {
  const giveUpAt = deps.clock.now() + publishPatienceMs;
  for (;;) {
    const publication = await Publication.fromBot(deps.table, botId);
    if (publication?.status === "published") return publication;
    if (publication?.status === "failed" || deps.clock.now() > giveUpAt) {
      const reason = publication?.failure?.message ?? "it took too long";
      throw new Error(`The sample bot could not be published: ${reason}`);
    }
    await deps.clock.sleep(10);
  }
}

async function endpointIfOpen(deps: Deps, { botId, apiKey }: Saved): Promise<string | undefined> {
  const publication = await Publication.fromBot(deps.table, botId);
  if (!Publication.isLive(publication)) return undefined;
  const { key } = await Key.authenticate(deps, botId, apiKey);
  return key && endpointOf(deps, publication);
}

const endpointOf = (deps: Deps, publication: Publication.Info): string =>
  deps.endpointOf(publication) ?? "";

async function read(path: string): Promise<Saved | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  return v.parse(Saved, JSON.parse(text));
}
