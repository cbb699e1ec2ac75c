import { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";

export interface ControlPlaneOptions {
  region: string;
  /** One base URL for both services, in place of AWS's own. */
  endpoint?: string;
  /** The default provider chain where absent. */
  credentials?: { accessKeyId: string; secretAccessKey: string };
  /** Tries of one call. 8 where absent: about half a minute of throttling. */
  maxAttempts?: number;
}

export interface ControlPlaneClients {
  cloudFormation: CloudFormationClient;
  apiGateway: APIGatewayClient;
}

/**
 * Clients for API Gateway's control plane, which takes 10 requests a second of a whole account
 * (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html): throttling is its
 * everyday answer, so they are patient.
 */
export function createControlPlaneClients(options: ControlPlaneOptions): ControlPlaneClients {
  const settings = { maxAttempts: 8, ...options };
  return {
    cloudFormation: new CloudFormationClient(settings),
    apiGateway: new APIGatewayClient(settings),
  };
}
