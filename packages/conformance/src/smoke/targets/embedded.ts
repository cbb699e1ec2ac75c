import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { signIn } from "@outlet/local/sign-in/sign-in";
import * as v from "valibot";
import { answerOf, type ClientRequest, streamedOf, type Target } from "../target.ts";

const Ready = v.object({
  controlApiUrl: v.string(),
  issuer: v.string(),
  users: v.array(v.object({ name: v.string(), password: v.string(), groups: v.array(v.string()) })),
});

const noAws = "there is no AWS behind an embedded Outlet";

/** An embedded Outlet that runs on this data folder. */
export async function embeddedTarget(dataDir: string): Promise<Target> {
  const ready = v.parse(
    v.pipe(v.string(), v.parseJson(), Ready),
    await readFile(join(dataDir, "ready.json"), "utf8"),
  );
  return {
    ...httpTarget(ready.controlApiUrl),
    name: "embedded",
    async tokenOf(groups) {
      const user = ready.users.find((one) => one.groups.join() === groups.join());
      if (!user) throw new Error(`No demo user is in exactly the groups ${groups.join(", ")}`);
      const { name, password } = user;
      return (await signIn({ issuer: ready.issuer, user: name, password })).accessToken;
    },
    async accessLine({ restApiId }, requestId) {
      const path = join(dataDir, "access-logs", `${restApiId}.log`);
      const lines = (await readFile(path, "utf8")).split("\n");
      return lines.find((line) => line.includes(requestId)) ?? "";
    },
    cannot: {
      recursion: noAws,
      api_shape: noAws,
      authorizer_failure: noAws,
      addresses: noAws,
      cloud_trail: noAws,
      profiles: noAws,
    },
    patienceMs: { publish: 60_000, key: 10_000, limits: 30_000, metrics: 30_000 },
    cleanUp: async () => {},
  };
}

/** What is the same wherever the control API has an address. */
export function httpTarget(controlApiUrl: string): Pick<Target, "control" | "stream" | "client"> {
  const asked = (token: string, method: string, path: string, body?: unknown) =>
    fetch(`${controlApiUrl}${path}`, {
      method,
      headers: {
        ...(token && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  return {
    control: async (...request) => answerOf(await asked(...request)),
    async stream(token, path, body) {
      const begunAt = performance.now();
      return streamedOf(await asked(token, "POST", path, body), begunAt);
    },
    client: async (url, request: ClientRequest = {}) =>
      answerOf(await fetch(url, { ...request, signal: AbortSignal.timeout(60_000) })),
  };
}
