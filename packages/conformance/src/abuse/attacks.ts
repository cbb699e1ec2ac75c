import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { deepXml, entityBomb, wideCsv, wideHtml, zipBomb } from "./files.ts";
import type { Bot, Reply, Target } from "./target.ts";

export interface Attack {
  name: string;
  run(target: Target, bot: Bot): Promise<void>;
}

/** Sent as it is; whatever comes back, or nothing, is no matter of the attacker's. */
async function call(
  bot: Bot,
  method: string,
  path: string,
  { body, headers = {} }: { body?: string; headers?: Record<string, string> } = {},
): Promise<Reply> {
  try {
    const response = await fetch(bot.endpoint + path, {
      method,
      headers: { "x-api-key": bot.apiKey, "content-type": "application/json", ...headers },
      ...(body === undefined ? {} : { body }),
      signal: AbortSignal.timeout(20_000),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return { status: 0, text: String(error) };
  }
}

const message = (text: string): string =>
  JSON.stringify({ message: { content: [{ contentType: "text", body: text }] } });
const times = <T>(count: number, make: (n: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, n) => make(n)));

async function learn(target: Target, bot: Bot, name: string, text: string): Promise<void> {
  await target.control("POST", `/bots/${bot.botId}/knowledge`, { name, text });
}

/** A file as the console sends it: announced, sent, finished. */
async function upload(target: Target, bot: Bot, name: string, bytes: Buffer): Promise<void> {
  const base = `/bots/${bot.botId}/knowledge/uploads`;
  const begun = await target.control("POST", base, { name, bytes: bytes.length });
  const id = /"uploadId":"(\w+)"/.exec(begun.text)?.[1];
  if (!id) throw new Error(`The upload of ${name} was refused: ${begun.text}`);
  await target.control("PUT", `${base}/${id}/content`, bytes.toString("latin1"));
  await target.control("POST", `${base}/${id}/finish`);
}

/** Connections that say `text` and then nothing more, for a while. */
async function hang(port: number, count: number, text: string, ms: number): Promise<void> {
  const sockets: Socket[] = [];
  for (let n = 0; n < count; n++) {
    const socket = connect(port, "127.0.0.1");
    // Refused, reset, timed out: as the other side likes.
    socket.on("error", () => socket.destroy());
    socket.on("connect", () => void socket.write(text));
    sockets.push(socket);
    if (n % 100 === 99) await sleep(20);
  }
  await sleep(ms);
  for (const socket of sockets) socket.destroy();
}

const pathOf = (bot: Bot): string => new URL(bot.endpoint).pathname;
const words = (count: number): string =>
  Array.from({ length: count }, (_, n) => `word${n % 9_000} Öffnung${n % 700} 営業時間`).join(" ");

export const attacks: readonly Attack[] = [
  {
    name: "stars in a path, without a key and with one",
    async run(_target, bot) {
      const path = `/${"*a".repeat(37)}`;
      await times(20, () => call(bot, "GET", path, { headers: { "x-api-key": "" } }));
      await times(20, () => call(bot, "GET", path));
    },
  },
  {
    name: "a question of 900,000 characters, one of 2 MB, and a word of 20,000 letters",
    async run(target, bot) {
      await learn(target, bot, "large.txt", words(25_000));
      await sleep(2_000);
      for (const text of [words(40_000), words(90_000), "a".repeat(20_000), "営".repeat(300_000)]) {
        await call(bot, "POST", "/conversation", { body: message(text) });
      }
      await sleep(3_000);
    },
  },
  {
    name: "JSON that is deep, that is wide, and a field of 3.9 MB in base 64",
    async run(target, bot) {
      const deep = "[".repeat(200_000) + "]".repeat(200_000);
      const wide = `{${Array.from({ length: 200_000 }, (_, n) => `"m${n}":1`).join(",")}}`;
      const image = JSON.stringify({
        message: { content: [{ contentType: "image", body: "A".repeat(3_900_000) }] },
      });
      for (const body of [deep, wide, image]) {
        await times(3, () => call(bot, "POST", "/conversation", { body }));
        await times(3, () => call(bot, "POST", "/v1/responses", { body }));
        await target.control("POST", "/bots", body.slice(0, 5_000_000));
      }
      const users = Array.from({ length: 60_000 }, (_, n) => `somebody whose name is ${n}`);
      const path = `/bots/${bot.botId}/sharing`;
      await target.control("PUT", path, { scope: "partial", allowedUsers: users });
    },
  },
  {
    name: "tables whose headings are said again in every cell",
    async run(target, bot) {
      await learn(target, bot, "wide.csv", wideCsv());
      await learn(target, bot, "wide.html", wideHtml());
      await sleep(3_000);
    },
  },
  {
    name: "files that unfold: a ZIP bomb, an entity bomb, elements 300,000 deep",
    async run(target, bot) {
      await upload(target, bot, "bomb.docx", zipBomb());
      await upload(target, bot, "entities.docx", entityBomb());
      await upload(target, bot, "deep.docx", deepXml());
      await sleep(8_000);
    },
  },
  {
    name: "text made for regular expressions",
    async run(target, bot) {
      const evil = [
        "a".repeat(100_000),
        " ".repeat(100_000),
        "a-".repeat(50_000),
        "0.".repeat(50_000),
      ];
      for (const text of [
        ...evil,
        `${"[".repeat(50_000)}](`,
        "<".repeat(100_000),
        "|".repeat(50_000),
      ]) {
        await call(bot, "POST", "/conversation", { body: message(text) });
        await call(bot, "GET", "/health", {
          headers: { origin: `https://${text.slice(0, 6_000)}` },
        });
        await learn(target, bot, "evil.md", text);
        await target.control("PATCH", `/bots/${bot.botId}/publication`, {
          allowedOrigins: [`https://${text}`],
        });
      }
      await sleep(3_000);
    },
  },
  {
    name: "ids of 3,000 characters, half an escape, cursors of nothing",
    async run(target, bot) {
      const ids = [
        "x".repeat(3_000),
        "%ff",
        "%00",
        "%E0%A4%A",
        "..%2f..%2f",
        "%F0%9F%98%80".repeat(400),
      ];
      for (const id of ids) {
        await call(bot, "GET", `/conversation/${id}`);
        await call(bot, "GET", `/conversation/${id}/${id}?wait=1`);
        await call(bot, "GET", `/v1/responses/${id}`);
        await target.control("GET", `/bots/${id}`);
        await target.control("GET", `/bots?cursor=${id}`);
      }
    },
  },
  {
    name: "200 bodies and 200 headers that never end",
    async run({ port }, bot) {
      const head = `POST ${pathOf(bot)}/conversation HTTP/1.1\r\nHost: localhost:${port}\r\nx-api-key: ${bot.apiKey}\r\n`;
      const body = `${head}Content-Length: 9000000\r\n\r\n${"{".repeat(60_000)}`;
      await Promise.all([hang(port, 200, body, 8_000), hang(port, 200, `${head}x-a: `, 8_000)]);
    },
  },
  {
    name: "2,000 connections",
    async run({ port }, bot) {
      const head = `GET ${pathOf(bot)}/health HTTP/1.1\r\nHost: localhost:${port}\r\nx-api-key: ${bot.apiKey}\r\n\r\n`;
      await hang(port, 2_000, head, 5_000);
    },
  },
  {
    name: "3,000 keys that are none",
    async run(_target, bot) {
      for (let round = 0; round < 30; round++) {
        await times(100, (n) => {
          const key = `outlet_${String(round * 100 + n).padStart(36, "0")}`;
          return call(bot, "GET", "/health", { headers: { "x-api-key": key } });
        });
      }
    },
  },
  {
    name: "300 who wait for answers, and 300 streams, with one key",
    async run(_target, bot) {
      const body = message("What is there to say?");
      await times(300, (n) =>
        call(bot, "POST", "/conversation", {
          body,
          headers: n % 2 ? { prefer: "wait=20" } : { accept: "text/event-stream" },
        }),
      );
    },
  },
];
