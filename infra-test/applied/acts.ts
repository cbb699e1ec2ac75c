import { Bot } from "@outlet/core/bots/bot";
import { Conversation } from "@outlet/core/conversations/conversation";
import { Delivery } from "@outlet/core/conversations/delivery";
import { Key } from "@outlet/core/publishing/key";
import { Knowledge } from "@outlet/core/bots/knowledge";
import { Sync } from "@outlet/core/bots/sync";
import { type Clock, systemClock } from "@outlet/core/ports";
import { Publication } from "@outlet/core/publishing/publication";
import { type NewContent, Run } from "@outlet/core/conversations/run";
import * as v from "valibot";
import type { World } from "./world.ts";

/** Done as the account's root, so that only the function that a test is about acts under its role. */
export const owner = { userId: "owner", username: "owner", groups: ["PublishAllowed"] };

/** What the demo model begins its answers with. */
export const greeting = "Outlet publishes bots.";
const instruction = `Begin with "${greeting}"`;
export const question: NewContent = { contentType: "text", body: "What does Outlet publish?" };

/** Large enough to lie in the object store. */
export const largeText = `${"Much was said before. ".repeat(2_000)}What does Outlet publish?`;
export const largeFile: NewContent = {
  contentType: "attachment",
  fileName: "notes.txt",
  bytes: Buffer.from(largeText),
};

/** A clock that went by some time ago. */
export const ago = (ms: number): Clock => ({ ...systemClock, now: () => Date.now() - ms });

export function createBot({ deps }: World, input: Partial<v.InferInput<typeof Bot.Create>> = {}) {
  const bot = v.parse(Bot.Create, { title: "Applied", instruction, ...input });
  return Bot.create(deps(), owner, bot);
}

export async function acceptPublication(world: World, clock?: Clock) {
  const deps = world.deps(clock);
  const { botId } = await createBot(world);
  const sharing = { scope: "all" as const, allowedUsers: [], allowedGroups: [] };
  const bot = await Bot.share(deps, owner, botId, sharing);
  const settings = v.parse(Publication.Publish, {});
  return { bot, publication: await Publication.publish(deps, owner, bot, settings) };
}

export const markPublished = ({ deps }: World, publication: Publication.Info) =>
  Publication.save(deps(), publication, { status: "published", operation: null });

/** A delivery to a caller's webhook that nobody can reach, of a run that has ended. */
export async function endRun(
  world: World,
  options: { botId?: string; clock?: Clock } = {},
): Promise<Delivery.Info> {
  const deps = world.deps(options.clock);
  const { botId = deps.ids.ulid() } = options;
  const runId = deps.ids.ulid();
  const secret = `whsec_${Buffer.alloc(32, 1).toString("base64")}`;
  await Delivery.createHook(deps)({
    botId,
    clientId: "client",
    conversationId: "conversation",
    runId,
    status: "completed",
    redrives: 0,
    webhooks: { owner: false, caller: { url: "https://127.0.0.1/", secret } },
  });
  const [delivery] = (await Delivery.list(deps.table, botId, { limit: 1 })).deliveries;
  if (!delivery) throw new Error("The hook has put no delivery.");
  return delivery;
}

/** Does something with a publication; however that ends, nobody waits for its act afterwards. */
export async function whileActing<T extends { bot: Bot.Info }>(
  world: World,
  publication: Promise<T>,
  work: (publication: T) => Promise<void>,
): Promise<void> {
  const begun = await publication;
  try {
    await work(begun);
  } finally {
    const left = await Publication.fromBot(world.table, begun.bot.botId);
    if (left) await markPublished(world, left);
  }
}

/** A published bot with a key, as far as the table goes: there is no stack. */
export async function publishedBot(world: World) {
  const { bot, publication } = await acceptPublication(world);
  await markPublished(world, publication);
  const input = { label: "k", expiresAt: null, createdBy: "owner" };
  const { key, value } = await Key.create(world.deps(), bot.botId, input);
  await Key.activate(world.table, key);
  return { botId: bot.botId, keyId: key.keyId, value };
}

/** A message that waits in a conversation of its own, or in the one given. */
export async function acceptMessage(
  world: World,
  content: NewContent[] = [question],
  options: {
    botId?: string;
    conversationId?: string;
    clock?: Clock;
    webhooks?: Run.Webhooks;
  } = {},
) {
  const deps = world.deps(options.clock);
  const botId = options.botId ?? (await createBot(world)).botId;
  const conversationId = options.conversationId ?? deps.ids.ulid();
  const address = { botId, clientId: "01CLIENT", conversationId };
  const message = { requestedModel: null, keyId: "01KEY", continues: false, reasoning: false };
  const { runId } = await Conversation.send(deps, address, async () => ({
    content,
    retentionDays: 30,
    webhooks: options.webhooks ?? Run.noWebhooks,
    ...message,
  }));
  return { ...address, runId };
}

/** A source that waits to be read. */
export async function addSource(world: World, options: { botId?: string; clock?: Clock } = {}) {
  const botId = options.botId ?? (await createBot(world)).botId;
  const input = v.parse(Knowledge.Create, { name: "notes.txt", text: "Outlet keeps notes." });
  return Knowledge.add(world.deps(options.clock), botId, input);
}

/** A source that has been read, into these passages. */
export async function addKnowledge(world: World, botId: string, texts: string[]) {
  const source = await Knowledge.begin(world.deps(), await addSource(world, { botId }), 0);
  if (!source) throw new Error("The source is taken");
  const passages = texts.map((text) => ({ text, place: { headings: [] } }));
  const recorded = await Knowledge.record(world.deps(), source, passages);
  if (!recorded) throw new Error("The source was removed");
  await Sync.publish(world.deps(), botId);
  await Knowledge.succeed(world.deps(), recorded);
  await Knowledge.refreshStatus(world.table, botId);
  return { ...source, path: `knowledge/${botId}/${source.sourceId}/passages/${recorded.version}` };
}

/** A published bot with its stack, which is made by root. */
export async function deployedBot(world: World) {
  const { bot, publication } = await acceptPublication(world);
  const { provisioner } = world;
  const { stackName, throttle, quota, allowedOrigins, ownerId, alerts, stage } = publication;
  const spec = { botId: bot.botId, stackName, stage, throttle, quota, allowedOrigins, ownerId };
  await provisioner.deploy({ ...spec, alerts }, `root-${bot.botId}`);
  const { outputs } = await provisioner.status(stackName);
  if (!outputs) throw new Error(`The stack ${stackName} was not made`);
  const changes = { status: "published" as const, operation: null, stack: outputs.stack };
  const published = await Publication.save(world.deps(), publication, changes);
  if (!published) throw new Error("Another act has begun");
  return { bot, publication: published, outputs };
}
