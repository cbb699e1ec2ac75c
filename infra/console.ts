import { consoleClient, issuer } from "./auth";
import { router } from "./router";

/** The single place where the browser's configuration is set. */
export const site = new sst.aws.StaticSite("ConsoleSite", {
  path: "web",
  build: { command: "npm run build", output: "dist" },
  router: { instance: router, path: "/" },
  environment: { VITE_OIDC_AUTHORITY: issuer, VITE_OIDC_CLIENT_ID: consoleClient.id },
});
