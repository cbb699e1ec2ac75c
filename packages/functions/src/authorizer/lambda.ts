import { createAuthorizer } from "./authorizer.ts";
import { authorizerDeps } from "../deps.ts";

export const handler = createAuthorizer(authorizerDeps());
