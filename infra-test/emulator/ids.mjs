// A mocks module for render(): service-assigned ids that the harness's cloud.mjs leaves equal to a name ("cognito"), made unmistakable,
// so that apply() can tell them from other text when it puts the emulator's own ids in their place.
import { createHash } from "node:crypto";

const assigned = (kind) => (_name, inputs, logical) => ({
  id: createHash("sha256")
    .update(`${kind}/${inputs.restApi ?? ""}/${logical}`)
    .digest("hex")
    .slice(0, 10),
});

export default {
  resources: {
    "aws:apigateway/authorizer:Authorizer": assigned("authorizer"),
    "aws:apigateway/deployment:Deployment": assigned("deployment"),
    "aws:apigateway/resource:Resource": assigned("resource"),
    "aws:apigateway/usagePlan:UsagePlan": assigned("usagePlan"),
    "aws:lambda/eventSourceMapping:EventSourceMapping": assigned("eventSourceMapping"),
  },
};
