import { type Outlet, startOutlet } from "@outlet/local/runtime/runtime-fixture";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rows, smoke } from "../../src/smoke/run.ts";
import type { Answer, ClientRequest, Target } from "../../src/smoke/target.ts";
import { embeddedTarget } from "../../src/smoke/targets/embedded.ts";
import { judgeRows, type Judged } from "../../src/smoke/verdict.ts";
import { SmokeWorld } from "../../src/smoke/world.ts";

let outlet: Outlet;
let target: Target;

beforeAll(async () => {
  outlet = await startOutlet();
  target = await embeddedTarget(outlet.dataDir);
});
afterAll(() => outlet?.stop());

const verdicts = (judged: Judged[]) =>
  Object.fromEntries(judged.map(({ id, verdict, seen }) => [id, `${verdict} ${seen}`]));

test("an embedded Outlet keeps what is claimed, as far as it can be judged there", async () => {
  const { counts, rows: judged } = await smoke(target, () => {});
  expect(judged.filter(({ verdict }) => verdict === "FAIL")).toEqual([]);
  expect(judged.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
  const undecided = judged.filter(({ verdict }) => verdict === "UNKNOWN").map(({ id }) => id);
  // The demo model is quicker than 35 s, and everybody here is on the allow-list.
  expect(undecided).toEqual([
    "long_answer",
    "recursion",
    "api_shape",
    "authorizer_failure",
    "address_refused",
    "addresses",
    "cloud_trail",
    "profiles",
  ]);
  expect(counts).toEqual({ PASS: rows.length - 8, FAIL: 0, UNKNOWN: 8 });
  const left = await (await outlet.as("owner"))("GET", "/bots");
  expect(left.text).not.toContain("Smoke test");
}, 90_000);

/** Rows that the others stand on. */
const ground = ["sign_in", "publish"];

/** Judges one row and what it stands on. */
async function judge(broken: Target, ...ids: string[]): Promise<Record<string, string>> {
  const world = new SmokeWorld(broken);
  try {
    const chosen = rows.filter(({ id }) => ground.includes(id) || ids.includes(id));
    return verdicts(await judgeRows(chosen, world, broken.cannot, () => {}));
  } finally {
    await world.cleanUp();
  }
}

type Client = (url: string, request?: ClientRequest) => Promise<Answer>;

/** The same deployment, seen through something that breaks one behaviour. */
const breaking = (client: (real: Client) => Client, more: Partial<Target> = {}): Target => ({
  ...target,
  patienceMs: { publish: 30_000, key: 1_500, limits: 8_000, metrics: 5_000 },
  ...more,
  client: client(target.client),
});

describe("smoke notices", () => {
  test("an answer that caches may keep", async () => {
    const control: Target["control"] = async (...asked) => {
      const answer = await target.control(...asked);
      return { ...answer, headers: { ...answer.headers, "cache-control": "max-age=60" } };
    };
    const seen = await judge({ ...target, control }, "not_mixed");
    expect(seen.not_mixed).toMatch(/^FAIL .*cache-control max-age=60/);
  });

  test("one user's answer given to another", async () => {
    const kept: Answer[] = [];
    const control: Target["control"] = async (...asked) => {
      const answer = await target.control(...asked);
      if (asked[2] !== "/me" || answer.status !== 200) return answer;
      kept.push(answer);
      // After both have been asked who they are.
      return kept.length < 6 ? answer : (kept[0] ?? answer);
    };
    const seen = await judge({ ...target, control }, "not_mixed");
    expect(seen.not_mixed).toMatch(/^FAIL/);
  });

  test("a key that never begins to work, and an endpoint that was published unconfirmed", async () => {
    const refused = { status: 403, headers: {}, text: '{"message":"Forbidden"}' };
    const control: Target["control"] = async (...asked) => {
      const answer = await target.control(...asked);
      return { ...answer, text: answer.text.replace('"result":"reached"', '"result":"not_yet"') };
    };
    const seen = await judge(
      breaking(() => async () => refused, { control }),
      "key_opens",
    );
    expect(seen.publish).toMatch(/^FAIL published after .*not_yet/);
    expect(seen.key_opens).toMatch(/^FAIL .*Not within/);
  });

  test("another body where the rate is exceeded", async () => {
    const reworded = breaking((real) => async (...asked) => {
      const answer = await real(...asked);
      return answer.status === 429 ? { ...answer, text: '{"message":"Slow down"}' } : answer;
    });
    const seen = await judge(reworded, "update", "rate", "quota");
    expect(seen.rate).toMatch(/^FAIL 429 {"message":"Slow down"}/);
    expect(seen.quota).toMatch(/^FAIL/);
  });

  test("a log line that is no JSON, and one that is not there", async () => {
    const quoted = breaking((real) => real, { accessLine: async () => '{"userAgent":"a"b"}' });
    expect((await judge(quoted, "answered", "log_line")).log_line).toMatch(/^FAIL .*no JSON/);
    const silent = breaking((real) => real, {
      accessLine: async () => "",
      patienceMs: { publish: 30_000, key: 1_500, limits: 100, metrics: 5_000 },
    });
    expect((await judge(silent, "answered", "log_line")).log_line).toMatch(/^FAIL .*Not within/);
  });

  test("an endpoint that is left after unpublishing", async () => {
    const known = new Set<string>();
    const left = breaking((real) => async (url, request) => {
      const answer = await real(url, request);
      if (answer.status === 200) known.add(url);
      return answer.status === 404 && known.has(url) ? { ...answer, status: 200 } : answer;
    });
    const seen = await judge(left, "key_opens", "unpublish");
    expect(seen.unpublish).toMatch(/^FAIL the endpoint still answers 200/);
  });
});
