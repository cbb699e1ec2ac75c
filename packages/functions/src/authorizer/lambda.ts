import { createAuthorizer } from "./authorizer.ts";
import { authorizerDeps } from "../deps/authorizer.ts";

export const handler = createAuthorizer(authorizerDeps());
