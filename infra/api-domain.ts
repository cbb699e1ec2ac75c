import { apiDomain } from "./settings";

/**
 * One name for all published APIs, in this Region, whose paths are made and removed with the stacks
 * of the bots.
 */
function createDomain(domainName: string) {
  const dns = sst.aws.dns();
  const certificate = new aws.acm.Certificate("ApiCertificate", {
    domainName,
    validationMethod: "DNS",
  });
  const option = certificate.domainValidationOptions[0];
  const proof = dns.createRecord(
    "ApiCertificate",
    {
      type: option.resourceRecordType,
      name: option.resourceRecordName,
      value: option.resourceRecordValue,
    },
    {},
  );
  const valid = new aws.acm.CertificateValidation(
    "ApiCertificateValidation",
    { certificateArn: certificate.arn },
    { dependsOn: [proof] },
  );
  const name = new aws.apigateway.DomainName("ApiDomain", {
    domainName,
    // Dual stack, or addresses of an IPv6 allow-list could never arrive at it.
    endpointConfiguration: { types: "REGIONAL", ipAddressType: "dualstack" },
    regionalCertificateArn: valid.certificateArn,
    securityPolicy: "TLS_1_2",
  });
  dns.createAlias(
    "ApiDomain",
    { name: domainName, aliasName: name.regionalDomainName, aliasZone: name.regionalZoneId },
    {},
  );
  return name;
}

export const apiDomainName = apiDomain ? createDomain(apiDomain) : undefined;
