/// <reference path="./.sst/platform/config.d.ts" />

export default $config({
  app(input) {
    const prod = input?.stage === "prod";
    return {
      name: "outlet",
      home: "aws",
      removal: prod ? "retain" : "remove",
      protect: prod,
      providers: { aws: { version: "7.20.0", region: "us-east-1" } },
    };
  },
  async run() {},
});
