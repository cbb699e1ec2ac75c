import { type ContextVariables, substitute } from "./context-variables.ts";

/** A response of the gateway's own, as the API's definition customises it. */
export interface GatewayResponse {
  statusCode?: string | undefined;
  /** `gatewayresponse.header.NAME` → `'static value'` */
  responseParameters?: Record<string, string> | undefined;
  responseTemplates?: Record<string, string> | undefined;
}

interface Default {
  statusCode: number;
  message: string | null;
  errorType: string;
  /** AWS writes a space after the colon where an integration failed, and none elsewhere. */
  spaced?: true;
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html */
const defaults = {
  WAF_FILTERED: { statusCode: 403, message: "Forbidden", errorType: "ForbiddenException" },
  MISSING_AUTHENTICATION_TOKEN: {
    statusCode: 403,
    message: "Missing Authentication Token",
    errorType: "MissingAuthenticationTokenException",
  },
  UNAUTHORIZED: { statusCode: 401, message: "Unauthorized", errorType: "UnauthorizedException" },
  // One error type for every refused key, so that a caller cannot tell which check refused it.
  ACCESS_DENIED: {
    statusCode: 403,
    message: "User is not authorized to access this resource",
    errorType: "ForbiddenException",
  },
  INVALID_API_KEY: { statusCode: 403, message: "Forbidden", errorType: "ForbiddenException" },
  THROTTLED: {
    statusCode: 429,
    message: "Too Many Requests",
    errorType: "TooManyRequestsException",
  },
  QUOTA_EXCEEDED: {
    statusCode: 429,
    message: "Limit Exceeded",
    errorType: "LimitExceededException",
  },
  AUTHORIZER_FAILURE: { statusCode: 500, message: null, errorType: "AuthorizerFailureException" },
  AUTHORIZER_CONFIGURATION_ERROR: {
    statusCode: 500,
    message: null,
    errorType: "AuthorizerConfigurationException",
  },
  INTEGRATION_FAILURE: {
    // AWS's default is 504; a Lambda function that fails or answers nonsense is a 502.
    statusCode: 502,
    message: "Internal server error",
    errorType: "InternalServerErrorException",
    spaced: true,
  },
  INTEGRATION_TIMEOUT: {
    statusCode: 504,
    message: "Endpoint request timed out",
    errorType: "InternalServerErrorException",
    spaced: true,
  },
} as const satisfies Record<string, Default>;

export type GatewayResponseType = keyof typeof defaults;

/** Ends a request with a response of the gateway's own. */
export class GatewayRefusal extends Error {
  override name = "GatewayRefusal";
  readonly type: GatewayResponseType;
  constructor(type: GatewayResponseType, options?: ErrorOptions) {
    super(type, options);
    this.type = type;
  }
}

export interface RenderedResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: string;
}

/**
 * Renders a gateway response. An entry of the type's own counts alone; DEFAULT_4XX or DEFAULT_5XX
 * only where there is none.
 */
export function renderGatewayResponse(
  type: GatewayResponseType,
  configured: Record<string, GatewayResponse>,
  variables: ContextVariables,
): RenderedResponse {
  const known: Default = defaults[type];
  const own =
    configured[type] ?? configured[known.statusCode < 500 ? "DEFAULT_4XX" : "DEFAULT_5XX"];
  variables.set("error.responseType", type);
  if (known.message !== null) variables.set("error.message", known.message);
  const messageString = JSON.stringify(known.message);
  variables.set("error.messageString", messageString);
  const template = own?.responseTemplates?.["application/json"];
  return {
    statusCode: Number(own?.statusCode ?? known.statusCode),
    headers: {
      "Content-Type": "application/json",
      "x-amzn-ErrorType": known.errorType,
      ...staticHeaders(own?.responseParameters),
    },
    body:
      template === undefined
        ? `{"message":${known.spaced ? " " : ""}${messageString}}`
        : substitute(template, variables, (value) => value ?? ""),
  };
}

const headerPrefix = "gatewayresponse.header.";

function staticHeaders(parameters: Record<string, string> = {}): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(parameters)) {
    headers[name.slice(headerPrefix.length)] = value.slice(1, -1);
  }
  return headers;
}
