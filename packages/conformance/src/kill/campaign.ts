import { createPrng } from "../faults/prng.ts";
import { type Client, call, pause, read, type Sent, startClient, type Where } from "./client.ts";
import { audit, readTable } from "./ledger.ts";
import { type RuntimeProcess, startProcess } from "./runtime-process.ts";

export interface KillOptions {
  seed: string;
  times: number;
  dataDir: string;
  conversations: number;
  tokensPerSecond: number;
  say: (line: string) => void;
}

export interface KillReport {
  kills: number;
  acknowledged: number;
  completed: number;
  /** Ended with a reason that their client can read, such as `worker_lost`. */
  failed: number;
  lost: number;
  complaints: string[];
}

const quietPatienceMs = 120_000;
/** A life in which nothing happens: everybody waits for the lease of one that was killed. */
const lifeMaxMs = 1_200;

/**
 * Kills the embedded runtime outright, again and again, at moments of the seed's choice, while
 * clients talk to it; then waits for everything to end and checks what became of it.
 */
export async function playKills(options: KillOptions): Promise<KillReport> {
  const { dataDir, times, say } = options;
  const prng = createPrng(options.seed);
  let runtime: RuntimeProcess | undefined;
  const where: Where = () => runtime;
  const clients = Array.from({ length: options.conversations }, (_, i) =>
    startClient(`talk-${i}`, where, 40),
  );
  const started: number[] = [];
  const begun = performance.now();
  for (let kill = 1; kill <= times; kill++) {
    const before = performance.now();
    const current = await startProcess(dataDir, options.tokensPerSecond);
    started.push(performance.now() - before);
    runtime = current;
    await untilEnded(clients, prng.below(12));
    await pause(prng.below(200));
    runtime = undefined;
    await current.kill();
    if (kill % 20 === 0) say(progress(kill, begun, clients));
  }
  const last = await startProcess(dataDir, options.tokensPerSecond);
  runtime = last;
  await Promise.all(clients.map((client) => client.stop()));
  const sent = clients.flatMap((client) => [...client.sent]);
  const complaints = clients.flatMap((client) => [...client.complaints]);
  const quietAfterMs = await untilAnswered(where, sent, complaints);
  for (const message of sent) {
    await read(where, message, complaints, 1);
    await pause(20);
  }
  for (const client of clients) complaints.push(...(await outOfOrder(where, client)));
  runtime = undefined;
  await last.stop();

  const items = await readTable(dataDir);
  const found = audit(items);
  complaints.push(...found.complaints);
  const of = (status: Sent["status"]) => sent.filter((message) => message.status === status).length;
  const perStart = started.reduce((sum, ms) => sum + ms, 0) / Math.max(1, started.length);
  const attempts = items.filter(
    ({ sk, attempts }) => sk.startsWith("RUN#") && Number(attempts) > 1,
  );
  say(
    `${times} kills in ${((performance.now() - begun) / 1000).toFixed(0)} s; a start took ${perStart.toFixed(0)} ms; at rest ${(quietAfterMs / 1000).toFixed(1)} s after the last`,
  );
  say(
    `${sent.length} messages acknowledged: ${of("completed")} completed, ${of("failed")} failed with a reason, ${of("pending")} lost`,
  );
  say(
    `${attempts.length} runs were started more than once; ${found.runs} runs, ${found.entries} entries in the ledger, ${found.abandoned} of abandoned attempts`,
  );
  return {
    kills: times,
    acknowledged: sent.length,
    completed: of("completed"),
    failed: of("failed"),
    lost: of("pending"),
    complaints,
  };
}

/**
 * Until this many messages more have ended: however slow the machine, some lives are long enough for
 * a run and others are not.
 */
async function untilEnded(clients: Client[], more: number): Promise<void> {
  const ended = () =>
    clients.flatMap((client) => client.sent).filter(({ status }) => status !== "pending").length;
  const enough = ended() + more;
  const giveUpAt = performance.now() + lifeMaxMs;
  while (ended() < enough && performance.now() < giveUpAt) await pause(5);
}

function progress(kill: number, begun: number, clients: Client[]): string {
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  const sent = clients.flatMap((client) => [...client.sent]);
  const answered = sent.filter(({ status }) => status === "completed").length;
  return `  ${kill} kills, ${seconds} s: ${sent.length} acknowledged, ${answered} answered so far`;
}

/** Until every message has ended, or for as long as patience lasts. @returns milliseconds */
async function untilAnswered(where: Where, sent: Sent[], complaints: string[]): Promise<number> {
  const begun = performance.now();
  while (performance.now() - begun < quietPatienceMs) {
    const pending = sent.filter(({ status }) => status === "pending");
    if (pending.length === 0) break;
    for (const message of pending) await read(where, message, complaints, 2);
    await pause(100);
  }
  return performance.now() - begun;
}

/** The conversation shows the messages in the order in which they were sent, each once. */
async function outOfOrder(where: Where, { sent }: Client): Promise<string[]> {
  const [first] = sent;
  if (!first) return [];
  let reply = await call(where, `/${first.conversationId}`, {});
  // So many questions at once are more than the bot's throttle lets pass.
  for (let tries = 0; reply?.status === 429 && tries < 30; tries++) {
    await pause(500);
    reply = await call(where, `/${first.conversationId}`, {});
  }
  if (reply?.status !== 200) return [`the conversation answered ${reply?.status}`];
  const { messageMap, lastMessageId } = JSON.parse(reply.body) as {
    messageMap: Record<string, { role: string; parent: string | null }>;
    lastMessageId: string;
  };
  const asked: string[] = [];
  let at = messageMap[lastMessageId];
  for (let id: string | null = lastMessageId; id && at; at = messageMap[id ?? ""]) {
    if (at.role === "user") asked.unshift(id);
    id = at.parent;
  }
  const expected = sent.map(({ runId }) => runId);
  if (asked.join(" ") === expected.join(" ")) return [];
  return [
    `${first.conversationId} shows ${asked.length} messages of ${expected.length}, or in another order`,
  ];
}
