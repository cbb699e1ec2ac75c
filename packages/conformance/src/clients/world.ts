import { type Outlet, type PublishedBot, startOutlet } from "@outlet/local/runtime/runtime-fixture";
import { canary as word } from "@outlet/local/canary/canary.test-support";
import { type EchoModel, startEchoModel } from "./echo-model.ts";

/** What no answer, event, error or log may ever hold. */
export const canary = `${word} is the owner's own instruction`;

export interface World {
  outlet: Outlet;
  bot: PublishedBot;
  model: EchoModel;
  /** For stock clients: nothing else is set. */
  settings: { baseURL: string; apiKey: string };
  stop(): Promise<void>;
}

/** For tests: a published bot on a model that repeats what it is told. */
export async function startWorld(settings: object = {}, args: string[] = []): Promise<World> {
  const model = await startEchoModel();
  const outlet = await startOutlet([
    "--model-backend",
    "openai",
    "--openai-base-url",
    model.baseUrl,
    "--models",
    "outlet-demo",
    ...args,
  ]);
  const bot = await outlet.publish(settings, {
    title: "Echo",
    description: "Repeats what it is told.",
    instruction: canary,
  });
  return {
    outlet,
    bot,
    model,
    settings: { baseURL: `${bot.endpoint}/v1`, apiKey: bot.apiKey },
    async stop() {
      await outlet.stop();
      await model.stop();
    },
  };
}

/** A picture of one pixel. */
export const pngUrl =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export async function collect<T>(events: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const event of events) all.push(event);
  return all;
}
