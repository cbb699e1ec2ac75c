import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Client,
  createSharedBot,
  eventually,
  type Outlet,
  type Reply,
  startOutlet,
} from "./runtime-fixture.ts";

let outlet: Outlet;
let user: Client;
let admin: Client;
beforeAll(async () => {
  outlet = await startOutlet(["--models", "outlet-demo,unpriced=outlet.demo-v2"]);
  [user, admin] = await Promise.all([outlet.as("user"), outlet.as("admin")]);
});
afterAll(() => outlet.stop());

const codeOf = (reply: Reply) => [reply.status, reply.json?.error?.code];

describe("what is live", () => {
  /** A bot of a plain user, which an administrator has published. */
  async function publishedOfUser(title: string) {
    const { botId } = await createSharedBot(user, { title });
    const path = `/bots/${botId}`;
    await admin("POST", `${path}/publication`, {});
    await eventually(
      () => admin("GET", `${path}/publication`),
      ({ json }) => json.status === "published",
    );
    return path;
  }

  test("is not changed by its owner who may not publish", async () => {
    const path = await publishedOfUser("Live");
    const before = (await user("GET", path)).json;
    const attempts = [
      await user("PATCH", path, { instruction: "Insult everybody." }),
      await user("POST", `${path}/knowledge`, { name: "a.txt", text: "Lies." }),
      await user("POST", `${path}/knowledge/sync`, {}),
      await user("DELETE", `${path}/knowledge/01M82S1M39YS2CZ1EZTE4VHC80`),
      await user("PUT", `${path}/sharing`, { scope: "private" }),
      await user("DELETE", path),
    ];
    expect(attempts.map(codeOf)).toEqual([
      ...Array.from({ length: 4 }, () => [403, "publish_not_allowed"]),
      [409, "bot_published"],
      [403, "publish_not_allowed"],
    ]);
    expect((await user("GET", path)).json).toEqual(before);
    expect((await admin("PATCH", path, { instruction: "Be kind." })).status).toBe(200);
  });

  test("keeps its prerequisites, or is refused with those that would be missing", async () => {
    const path = await publishedOfUser("Priced");
    for (const edit of [{ model: "unpriced" }, { callerModels: ["unpriced"] }]) {
      const refused = await admin("PATCH", path, { ...edit, instruction: "New." });
      expect(codeOf(refused)).toEqual([409, "prerequisites_not_met"]);
      expect(refused.json.prerequisites).toMatchObject([{ name: "model_price", met: false }]);
    }
    expect((await admin("GET", path)).json).toMatchObject({
      model: "outlet-demo",
      instruction: "",
    });
    // Where it is not published, both are its owner's affair.
    const { json } = await user("POST", "/bots", { title: "Mine" });
    expect((await user("PATCH", `/bots/${json.botId}`, { model: "unpriced" })).status).toBe(200);
  });
});
