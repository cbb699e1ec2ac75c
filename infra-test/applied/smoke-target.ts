import { randomBytes } from "node:crypto";
import { answerOf, type Target } from "@outlet/conformance/smoke/target";
import { createAwsView } from "@outlet/conformance/smoke/targets/aws";
import { Layout } from "@outlet/core/store/layout";
import { requestEvent } from "./events.ts";
import { cell, stage } from "./settings.ts";
import { commandLine, createUser, signIn } from "./sign-in.ts";
import type { World } from "./world.ts";

/** Of MiniStack's root. */
export const credentials = { accessKeyId: "test", secretAccessKey: "test" };

const noCount = "nothing counts requests in front of MiniStack's functions";
const noLog = "MiniStack writes no access logs";

/** Rows that cannot be judged in MiniStack, and why. */
export const cannot = {
  recursion: "MiniStack stops no loops, and counts none",
  api_shape: "MiniStack reads the security of an OpenAPI body in another way than AWS documents",
  authorizer_failure: "MiniStack takes no gateway responses from an OpenAPI body",
  addresses: "the names of AWS's gateway lead nowhere here",
  bodies: "nothing limits the size of bodies in front of MiniStack's functions",
  rate: noCount,
  quota: noCount,
  log_line: noLog,
  filter_metrics: noLog,
  cloud_trail: "MiniStack keeps no trail",
};

/**
 * The applied app as smoke sees a deployment: the control API by its function's events. An act on a
 * stack does not wait for the gateway's pace after the one before, which MiniStack has not.
 */
export function smokeTarget({ app, gateway, http, table }: World): Target {
  const control: Target["control"] = async (token, method, path, body) => {
    if (method !== "GET") await table.remove(Layout.pace(cell));
    const [bare = "", query] = path.split("?");
    const { status, headers, text } = await http(
      "control-api",
      requestEvent("", method, `/api${bare}`, {
        headers: {
          "content-type": "application/json",
          ...(token && { authorization: `Bearer ${token}` }),
        },
        queryStringParameters: query ? Object.fromEntries(new URLSearchParams(query)) : null,
        body: body === undefined ? null : JSON.stringify(body),
      }),
    );
    const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    return { status, headers: Object.fromEntries(named), text };
  };
  return {
    name: "the app applied to MiniStack",
    control,
    stream: (token, path, body) => control(token, "POST", path, body),
    client: async (url, request) => answerOf(await fetch(gateway.reach(url), request)),
    async tokenOf(groups) {
      const email = `smoke-${randomBytes(4).toString("hex")}@example.com`;
      const user = await createUser(app, email, [...groups]);
      return (await signIn(app, commandLine(app), user)).access_token;
    },
    aws: createAwsView({ ...app.emulator, credentials }, stage),
    cannot,
    patienceMs: { publish: 90_000, key: 30_000, limits: 10_000, metrics: 10_000 },
    // The emulator goes with its users.
    cleanUp: async () => {},
  };
}
