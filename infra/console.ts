import { consoleClient, issuer } from "./auth";
import { router } from "./router";
import { consoleDevOrigin } from "./stage";

/** The single place where the browser's configuration is set. */
export const site = new sst.aws.StaticSite("ConsoleSite", {
  path: "web",
  build: { command: "npm run build", output: "dist" },
  router: { instance: router, path: "/" },
  dev: { command: "npm run dev", directory: "web", url: consoleDevOrigin },
  environment: {
    // Where Vite finds the control API.
    ...($dev && { OUTLET_URL: router.url }),
    VITE_OIDC_AUTHORITY: issuer,
    VITE_OIDC_CLIENT_ID: consoleClient.id,
  },
});
