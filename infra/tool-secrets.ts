import { accountId, partition, region } from "./stage";

const path = `/${$app.name}/${$app.stage}/bots`;

/** Where secrets of bots' tools lie: parameters under the account's own key `aws/ssm`. */
export const toolSecrets = new sst.Linkable("ToolSecrets", { properties: { path } });

const parameters = $interpolate`arn:${partition}:ssm:${region}:${accountId}:parameter${path}/*`;

// Whoever may read a parameter may use the account's own key for it: its policy says so.
export const readSecretGrant = { actions: ["ssm:GetParameter"], resources: [parameters] };
export const writeSecretGrant = { actions: ["ssm:PutParameter"], resources: [parameters] };
export const removeSecretsGrant = {
  actions: ["ssm:DeleteParameters", "ssm:GetParametersByPath"],
  resources: [parameters],
};
