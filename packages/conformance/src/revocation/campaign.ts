import { type Bot, type Target } from "../abuse/target.ts";

export interface RevocationReport {
  tried: number;
  /** What a key could still do at the request after it had lost the right. */
  held: string[];
}

const changes = [
  { name: "narrowed to reading", edit: { scopes: ["read"] }, method: "POST", still: "GET" },
  { name: "disabled", edit: { enabled: false }, method: "GET", still: undefined },
  {
    name: "kept to another address",
    edit: { allowedIps: ["203.0.113.7"] },
    method: "GET",
    still: undefined,
  },
  { name: "ended", edit: undefined, method: "GET", still: undefined },
] as const;

/**
 * Takes rights from keys, one after the other, while others are busy, and asks at once for what was
 * taken: the first request after the answer has to be refused.
 * @param times keys in all.
 */
export async function playRevocations(
  target: Target,
  bot: Bot,
  times: number,
): Promise<RevocationReport> {
  const base = `/bots/${bot.botId}/publication/keys`;
  const report: RevocationReport = { tried: 0, held: [] };
  const load = createLoad(bot);
  try {
    while (report.tried < times) {
      const change = changes[report.tried % changes.length] ?? changes[0];
      const made = await target.control("POST", base, { label: "Revoked" });
      const { keyId, value } = JSON.parse(made.text) as { keyId: string; value: string };
      if ((await ask(bot, value, change.method)) >= 400)
        report.held.push("a new key opened nothing");
      const answered = change.edit
        ? await target.control("PATCH", `${base}/${keyId}`, change.edit)
        : await target.control("DELETE", `${base}/${keyId}`);
      const after = await ask(bot, value, change.method);
      if (answered.status >= 300 || after !== 403) {
        report.held.push(
          `a key that was ${change.name} (${answered.status}) was answered ${after}`,
        );
      }
      if (change.still && (await ask(bot, value, change.still)) !== 200) {
        report.held.push(`a key that was ${change.name} lost more than that`);
      }
      if (change.edit) await target.control("DELETE", `${base}/${keyId}`);
      report.tried += 1;
    }
  } finally {
    await load.stop();
  }
  return report;
}

async function ask(bot: Bot, key: string, method: "GET" | "POST"): Promise<number> {
  const body = JSON.stringify({ message: { content: [{ contentType: "text", body: "Hi" }] } });
  const response = await fetch(bot.endpoint + (method === "GET" ? "/v1/models" : "/conversation"), {
    method,
    headers: { "x-api-key": key, "content-type": "application/json" },
    ...(method === "POST" ? { body } : {}),
  });
  await response.arrayBuffer();
  return response.status;
}

/** Eight clients that do nothing but call. */
function createLoad(bot: Bot) {
  let going = true;
  const clients = Array.from({ length: 8 }, async () => {
    while (going) await ask(bot, bot.apiKey, "GET");
  });
  return {
    async stop() {
      going = false;
      await Promise.all(clients);
    },
  };
}
