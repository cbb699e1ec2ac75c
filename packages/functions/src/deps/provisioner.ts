import { createCloudFormationProvisioner } from "@outlet/aws/cloudformation-provisioner";
import { createControlPlaneClients } from "@outlet/aws/provisioner/control-plane-clients";
import { createPace } from "@outlet/aws/provisioner/pace";
import { type Log, systemClock, type Table } from "@outlet/core/ports";
import { Resource } from "sst";
import { options, inferenceProfiles } from "./linked.ts";

export const provisioner = ({ table, log }: { table: Table; log: Log }) => {
  const { partition, region, accountId, cell, stage } = Resource.Installation;
  const {
    serviceRoleArn,
    publishedApiFunctionArn,
    authorizerFunctionArn,
    webAclArn,
    apiDomain,
    usagePlansMax,
  } = Resource.Publishing;
  return createCloudFormationProvisioner({
    ...createControlPlaneClients(options()),
    platform: {
      stage,
      partition,
      region,
      accountId,
      cell,
      publishedApiFunctionArn,
      authorizerFunctionArn,
      webAclArn,
      accessLogRetentionDays: 30,
      // Absent and not `false`: the digest of the template's version is of what is there.
      ...(inferenceProfiles() && { inferenceProfiles: true }),
      ...(apiDomain && { apiDomain }),
    },
    serviceRoleArn,
    usagePlansMax: Number(usagePlansMax),
    pace: createPace({ table, clock: systemClock, cell }),
    log,
  });
};

export const templateUpgrades = (): boolean => Resource.Publishing.templateUpgrades === "on";
