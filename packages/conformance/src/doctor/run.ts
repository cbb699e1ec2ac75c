import { type DeploymentSettings, readDeploymentSettings } from "@outlet/aws/deployment-settings";
import { type AwsPlace, createAwsCall } from "../aws-call.ts";
import { checksOf } from "./checks.ts";
import { type Finding, lookAt, mend, ok } from "./finding.ts";

/** All of it, side by side. */
const withinMs = 25_000;

export interface DoctorOptions extends Omit<AwsPlace, "region"> {
  stage: string;
  env: Readonly<Record<string, string | undefined>>;
}

/** Looks whether a stage can be deployed, and changes nothing. */
export async function doctor({ stage, env, ...place }: DoctorOptions): Promise<Finding[]> {
  const { settings, faults } = readDeploymentSettings(env, stage);
  const own = [settingsFinding(faults), rangesFinding(settings)];
  // Without knowing which models, nobody can be asked for them.
  if (faults.some((fault) => fault.startsWith("OUTLET_MODELS"))) return own;
  const call = createAwsCall({ ...place, region: settings.regionName });
  const checks = checksOf({ call, settings });
  const findings = await Promise.all(
    checks.map(({ what, needed, look }) => lookAt(what, needed, look, withinMs)),
  );
  return [...own, ...findings];
}

function settingsFinding(faults: readonly string[]): Finding {
  const what = "settings, among them profiles for this Region";
  const needed = "those of docs/deploy.md";
  return faults.length === 0
    ? ok(what, "complete and well formed", needed)
    : mend(what, `${faults.length} wrong`, needed, faults.join(" "));
}

function rangesFinding(settings: DeploymentSettings): Finding {
  const what = "addresses that may call published bots";
  const needed = "one range or more";
  const { publishedApiAllowedIpV4: v4, publishedApiAllowedIpV6: v6 } = settings;
  if (v4.length + v6.length === 0)
    return mend(what, "none", needed, "Set OUTLET_PUBLISHED_API_ALLOWED_IPV4.");
  const isEverybody = ["0.0.0.0/1", "128.0.0.0/1"].every((range) => v4.includes(range));
  const found = isEverybody ? "everybody over IPv4" : `${v4.length} of IPv4, ${v6.length} of IPv6`;
  return ok(what, found, needed);
}
