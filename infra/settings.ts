import { readDeploymentSettings } from "../packages/aws/src/deployment-settings";

/**
 * What whoever deploys decides, from the environment or `.env` (docs/deploy.md has them all).
 * Everything that is wrong is said at once, before anything is changed.
 */
const { settings, faults } = readDeploymentSettings(process.env, $app.stage);
if (faults.length > 0)
  throw new Error(`Outlet cannot be deployed like this:\n- ${faults.join("\n- ")}`);

export const {
  publishedApiAllowedIpV4,
  publishedApiAllowedIpV6,
  rateLimitPerIp,
  rateLimitKeyless,
  authorizerConcurrency,
  publishedApiConcurrency,
  caps,
  keyDays,
  keyDaysMost,
  models,
  regionName,
  templateUpgrades,
  inferenceProfiles,
  embeddingModel,
  vectorStore,
  knowledgeBases,
  rerankModel,
  domain,
  apiDomain,
  alarmEmail,
  signInPrefix,
  usagePlansMax,
} = settings;
