import { randomBytes } from "node:crypto";
import { doctor } from "@outlet/conformance/doctor/run";
import { smoke } from "@outlet/conformance/smoke/run";
import { answerOf, type Target } from "@outlet/conformance/smoke/target";
import { createAwsView } from "@outlet/conformance/smoke/targets/aws";
import { afterAll, beforeAll, expect, test } from "vitest";
import { requestEvent } from "./events.ts";
import { settings, stage } from "./settings.ts";
import { commandLine, createUser, signIn } from "./sign-in.ts";
import { startWorld, type World } from "./world.ts";

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 180_000);
afterAll(() => world?.stop());

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** Why a row cannot be judged in MiniStack. */
const cannot = {
  recursion: "MiniStack stops no loops, and counts none",
  api_shape: "MiniStack reads the security of an OpenAPI body in another way than AWS documents",
  authorizer_failure: "MiniStack takes no gateway responses from an OpenAPI body",
  addresses: "the names of AWS's gateway lead nowhere here",
  bodies: "MiniStack's gateway and functions have no size limits",
  rate: "MiniStack's gateway counts nothing",
  quota: "MiniStack's gateway counts nothing",
  log_line: "MiniStack writes no access logs",
  filter_metrics: "MiniStack writes no access logs to count from",
  cloud_trail: "MiniStack keeps no trail",
};

function appliedTarget({ app, gateway, http }: World): Target {
  const control: Target["control"] = async (token, method, path, body) => {
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
    patienceMs: { publish: 120_000, key: 30_000, limits: 10_000, metrics: 10_000 },
    cleanUp: async () => {},
  };
}

test("the applied app keeps what is claimed, as far as MiniStack can tell", async () => {
  const { rows, counts } = await smoke(appliedTarget(world), () => {});
  expect(rows.filter(({ verdict }) => verdict === "FAIL")).toEqual([]);
  const undecided = rows.filter(({ verdict }) => verdict === "UNKNOWN").map(({ id }) => id);
  // The demo model is quick and its answers come whole; all are on the allow-list.
  const quick = ["first_byte", "long_answer", "address_refused", "profiles"];
  expect(undecided.toSorted()).toEqual([...Object.keys(cannot), ...quick].toSorted());
  expect(counts.PASS).toBe(rows.length - undecided.length);
}, 600_000);

test("doctor looks at MiniStack as at an account", async () => {
  const { endpoint } = world.app.emulator;
  const findings = await doctor({ stage, env: settings, endpoint, credentials });
  const of = (what: string) => findings.find((finding) => finding.what === what);
  expect(of("credentials and Region")).toMatchObject({ verdict: "ok" });
  expect(of("usage plans of API Gateway")).toMatchObject({
    found: expect.stringMatching(/of \d+/),
  });
  for (const { verdict, found } of findings) if (verdict === "unknown") expect(found).not.toBe("");
}, 60_000);
