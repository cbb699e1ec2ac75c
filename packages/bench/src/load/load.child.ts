/**
 * The load of one round, in a process of its own, so that what sends shares no event loop with what
 * answers: `load.child.ts ORDER`. Reports over its channel, then ends.
 */
import { Agent, request } from "node:http";
import type { Order, Outcome } from "./load.ts";

// Our own parent's.
const order = JSON.parse(process.argv[2] ?? "") as Order;
const { url, method, headers, body, connections, warmUpMs, durationMs } = order;
const target = new URL(url);
const agent = new Agent({ keepAlive: true, maxSockets: connections });
const payload = body === null ? undefined : Buffer.from(body);

/** @returns milliseconds from the first byte sent to the last one read. */
function ask(): Promise<{ status: number; ms: number; text: string }> {
  return new Promise((resolve, reject) => {
    const begun = performance.now();
    const req = request(
      {
        agent,
        method,
        host: target.hostname,
        port: target.port,
        path: target.pathname + target.search,
        headers: { ...headers, ...(payload && { "content-length": payload.byteLength }) },
      },
      (res) => {
        let text = "";
        res.setEncoding("utf8");
        res.on("data", (chunk: string) => {
          text += chunk;
        });
        res.on("error", reject);
        res.on("end", () =>
          resolve({ status: res.statusCode ?? 0, ms: performance.now() - begun, text }),
        );
      },
    );
    req.on("error", reject);
    req.end(payload);
  });
}

const latencies: number[] = [];
const failures: string[] = [];
const begunAt = performance.now();
const countFrom = begunAt + warmUpMs;
const endsAt = countFrom + durationMs;

let left = order.count ?? Number.POSITIVE_INFINITY;

async function connection(): Promise<void> {
  while (performance.now() < endsAt && failures.length === 0 && left-- > 0) {
    const { status, ms, text } = await ask();
    if (status !== order.expect) failures.push(`${status}: ${text.slice(0, 300)}`);
    const now = performance.now();
    if (now >= countFrom && now < endsAt) latencies.push(ms);
  }
}

/** Resolves when it is on its way: what is large may not be when the channel is closed. */
const send = (message: "counting" | Outcome) =>
  new Promise((resolve) => process.send?.(message, resolve));
const counting = setTimeout(() => void send("counting"), warmUpMs);
await Promise.all(Array.from({ length: connections }, connection)).catch((error: unknown) => {
  failures.push(String(error));
});
clearTimeout(counting);
agent.destroy();
await send({ latencies, durationMs, failure: failures[0] ?? null });
process.disconnect();
