/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    const prod = input?.stage === "prod";
    return {
      name: "outlet",
      home: "aws",
      removal: prod ? "retain" : "remove",
      protect: prod,
      providers: {
        aws: {
          version: "7.20.0",
          region: (process.env.OUTLET_REGION || "us-east-1") as "us-east-1",
          defaultTags: { tags: { app: "outlet", stage: input?.stage ?? "dev" } },
        },
      },
    };
  },
  async run() {
    await import("./infra/links");
    await import("./infra/storage");
    await import("./infra/waf");
    await import("./infra/webhooks");
    await import("./infra/queue");
    await import("./infra/knowledge");
    await import("./infra/published-api");
    await import("./infra/publishing");
    await import("./infra/dead-letters");
    await import("./infra/sweeper");
    const { router } = await import("./infra/router");
    const { users } = await import("./infra/auth");
    await import("./infra/control-api");
    await import("./infra/console");
    await import("./infra/dashboard");
    return { console: router.url, controlApi: $interpolate`${router.url}/api`, userPool: users.id };
  },
});
