import "sst"
declare module "sst" {
  export interface Resource {
    "Installation": { "accountId": string, "cell": string, "models": string, "partition": string, "region": string }
    "Table": { "name": string }
    "Payloads": { "name": string }
    "RunQueue": { "url": string }
    "DeployQueue": { "url": string }
    "SyncQueue": { "url": string }
    "KeyPepper": { "value": string }
    "Publishing": { "serviceRoleArn": string, "publishedApiFunctionArn": string, "authorizerFunctionArn": string, "webAclArn": string }
    "SignIn": { "issuer": string, "clientIds": string }
  }
}
export {}
