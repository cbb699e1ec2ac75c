import { setTimeout as sleep } from "node:timers/promises";
import { attacks } from "./attacks.ts";
import { startTarget, type Target } from "./target.ts";
import { type Sight, startWitness } from "./witness.ts";

export interface AbuseOptions {
  dataDir: string;
  /** Only attacks with this in their names. */
  only?: string | undefined;
  /** What may be borne. */
  slowestMs: number;
  memoryMb: number;
  say: (line: string) => void;
}

/** Whatever an attack does, it is over by then. */
const attackMaxMs = 120_000;

/**
 * Carries out each attack on a running Outlet, while somebody else's client looks on and sends messages.
 * @returns what could not be borne.
 */
export async function playAbuse(options: AbuseOptions): Promise<string[]> {
  const { dataDir, only = "", slowestMs, memoryMb, say } = options;
  const target = await startTarget(dataDir);
  const witness = startWitness({ ...target.victim, pid: target.pid });
  const problems: string[] = [];
  const others = sendMessages(target);
  try {
    const bot = await target.publish("Attacked");
    await witness.seen();
    for (const attack of attacks.filter(({ name }) => name.includes(only))) {
      const { name } = attack;
      const limit = sleep(attackMaxMs, "late", { ref: false });
      const ended = await Promise.race([attack.run(target, bot).then(() => "done"), limit]);
      const sight = await witness.seen();
      const wrong = judge(sight, { slowestMs, memoryMb });
      if (ended === "late") wrong.push(`it took longer than ${attackMaxMs / 1_000} s`);
      const reason = target.ended();
      if (reason !== undefined) wrong.push(`the process ended: ${reason}`);
      say(`${wrong.length === 0 ? "ok    " : "FAILED"} ${name}: ${describe(sight)}`);
      problems.push(...wrong.map((one) => `${name}: ${one}`));
      if (reason !== undefined) return problems;
    }
    const lost = await others.lost();
    say(
      `${lost.length === 0 ? "ok    " : "FAILED"} ${others.sent()} messages of somebody else's: ${lost.length} lost`,
    );
    if (others.sent() === 0) problems.push("nobody else could send anything");
    problems.push(...lost);
    return problems;
  } finally {
    others.stop();
    await witness.stop();
    await target.stop();
  }
}

const describe = ({ slowestMs, looks, memoryMb, mainMb }: Sight): string =>
  `/health at most ${slowestMs.toFixed(0)} ms in ${looks} looks; ${memoryMb.toFixed(0)} MB in all, ${mainMb.toFixed(0)} MB the main process`;

function judge(sight: Sight, limits: { slowestMs: number; memoryMb: number }): string[] {
  const wrong = sight.failures.map((failure) => `/health of somebody else answered ${failure}`);
  if (sight.slowestMs >= limits.slowestMs) {
    wrong.push(`/health of somebody else took ${sight.slowestMs.toFixed(0)} ms`);
  }
  if (sight.memoryMb >= limits.memoryMb) wrong.push(`it took ${sight.memoryMb.toFixed(0)} MB`);
  return wrong;
}

/** Somebody else's messages, one after the other: each that was accepted has to be answered. */
function sendMessages({ victim }: Target) {
  const sent: { conversationId: string; messageId: string }[] = [];
  const headers = { "x-api-key": victim.apiKey, "content-type": "application/json" };
  const body = JSON.stringify({ message: { content: [{ contentType: "text", body: "Hello" }] } });
  let going = true;
  const loop = (async () => {
    while (going) {
      await sleep(1_000);
      const signal = AbortSignal.timeout(30_000);
      const reply = await fetch(`${victim.endpoint}/conversation`, {
        method: "POST",
        headers,
        body,
        signal,
      }).catch(() => undefined);
      if (reply?.status === 200) sent.push((await reply.json()) as (typeof sent)[number]);
    }
  })();
  return {
    sent: () => sent.length,
    stop: () => {
      going = false;
    },
    async lost(): Promise<string[]> {
      going = false;
      await loop;
      const lost: string[] = [];
      for (const { conversationId, messageId } of sent) {
        const url = `${victim.endpoint}/conversation/${conversationId}/${messageId}`;
        let status = 202;
        for (let tries = 0; status === 202 && tries < 300; tries++) {
          status = (await fetch(url, { headers })).status;
          if (status === 202 || status === 429) await sleep(200);
          if (status === 429) status = 202;
        }
        if (status !== 200) lost.push(`message ${messageId} ended as ${status}`);
      }
      return lost;
    },
  };
}
