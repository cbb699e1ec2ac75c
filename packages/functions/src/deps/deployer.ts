import * as Id from "@outlet/core/foundation/id";
import { systemClock, systemRandomness } from "@outlet/core/ports";
import { Resource } from "sst";
import { defaultPolicy } from "../policy.ts";
import { base, peppers, catalog, sqsClient, queue } from "./linked.ts";
import { objects } from "./objects.ts";
import { provisioner, templateUpgrades } from "./provisioner.ts";
import { secrets } from "./secrets.ts";
import { vectors } from "./vectors.ts";

export function deployerDeps() {
  const sqs = sqsClient();
  const shared = base();
  return {
    ...shared,
    objects: objects(),
    vectors: vectors(),
    secrets: secrets(),
    deployQueue: queue(sqs, Resource.DeployQueue),
    ids: Id.createIds(systemClock),
    randomness: systemRandomness,
    ...peppers(),
    catalog: catalog(),
    provisioner: provisioner(shared),
    cell: Resource.Installation.cell,
    templateUpgrades: templateUpgrades(),
    policy: defaultPolicy,
  };
}
