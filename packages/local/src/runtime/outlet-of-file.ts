import { afterAll } from "vitest";
import { type Reply, startOutlet } from "./runtime-fixture.ts";

/** One for all tests of a file, which stops after the last of them, and who calls its control API. */
export async function outletOfFile(args: string[] = []) {
  const outlet = await startOutlet(args);
  afterAll(() => outlet.stop());
  const [owner, user, admin] = await Promise.all([
    outlet.as("owner"),
    outlet.as("user"),
    outlet.as("admin"),
  ]);
  return { outlet, owner, user, admin };
}

export const codeOf = (reply: Reply) => [reply.status, reply.json?.error?.code];
export const linesOf = (text: string) => text.trimEnd().split("\r\n");
