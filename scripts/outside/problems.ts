import { type BadRequest, badRequestsOf, misses, publishedRequests } from "./bad-requests.ts";
import type { Operation } from "./documents.ts";
import { draftBot, publishedBot, type TargetBot } from "./target-bot.ts";
import type { Outlet, Reply } from "./outlet.ts";

/** An answer as it is compared: what is another one every time is named instead. */
interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

export type Answers = Record<string, Answer>;

/**
 * What the control API answers to bad requests, each route to a published bot and to one that never
 * was. Of a request that is taken after all only the status is kept, and the next gets a fresh bot.
 */
export async function controlProblems(outlet: Outlet, operations: Operation[]): Promise<Answers> {
  const answers: Answers = {};
  const requests = [...operations.flatMap(badRequestsOf), ...misses(operations)];
  for (const make of [publishedBot, draftBot]) {
    let bot: TargetBot | undefined;
    for (const request of requests) {
      bot ??= await make(outlet);
      if (!bot.api && !request.path.includes("{botId}/publication")) continue;
      const reply = await outlet.as(request.as)(aimed(request, bot));
      const name = bot.api ? request.name : `${request.name} · never published`;
      answers[name] = readable(reply, outlet, bot);
      if (reply.status < 400 && request.method !== "GET") bot = undefined;
    }
  }
  return answers;
}

/** What a published API answers to bad requests, and the gateway before it. */
export async function publishedProblems(outlet: Outlet): Promise<Answers> {
  const answers: Answers = {};
  const bot = await publishedBot(outlet);
  const ask = async (name: string, request: Parameters<typeof bot.api>[0]) => {
    const reply = await bot.api({ ...request, path: filled(request.path, bot.ids) });
    answers[name] = readable(reply, outlet, bot);
  };
  for (const { name, ...request } of publishedRequests) await ask(name, request);
  const health = { method: "GET", path: "/health" };
  await ask("GET /health · no key", { ...health, headers: { "x-api-key": "" } });
  await ask("GET /health · no such key", { ...health, headers: { "x-api-key": "outlet_0" } });
  const pause = `/bots/${bot.ids["botId"]}/publication/pause`;
  await outlet.as("owner")({ method: "POST", path: pause });
  await ask("GET /conversation/told · paused", { method: "GET", path: "/conversation/told" });
  return answers;
}

const nobody = "0".repeat(26);

const aimed = (request: BadRequest, { ids }: TargetBot): BadRequest => ({
  ...request,
  path: filled(request.path, request.isFound ? ids : {}),
});

const filled = (path: string, ids: Record<string, string>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? nobody);

const told = ["content-type", "www-authenticate", "retry-after", "allow", "x-amzn-errortype"];

function readable({ status, headers, text }: Reply, outlet: Outlet, bot: TargetBot): Answer {
  if (status < 400) return { status };
  const said = told.map((name): [string, string] => [name, headers.get(name) ?? ""]);
  return {
    status,
    headers: Object.fromEntries(said.filter(([, value]) => value !== "")),
    body: withoutAccidents(text, outlet, bot),
  };
}

/** Ids, times and addresses are others in every run. */
function withoutAccidents(text: string, { origin }: Outlet, { ids }: TargetBot): string {
  const named = Object.entries(ids).reduce(
    (body, [name, id]) => body.replaceAll(id, `<${name}>`),
    text,
  );
  return named
    .replaceAll(origin, "<origin>")
    .replaceAll(/"requestId":"[^"]*"/g, '"requestId":"<requestId>"')
    .replaceAll(/\b(?!0{26})[0-7][0-9A-HJKMNP-TV-Z]{25}\b/g, "<id>")
    .replaceAll(/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "<id>")
    .replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "<time>");
}
