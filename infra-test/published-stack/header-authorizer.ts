import { authorizerDeps } from "@outlet/functions/deps/authorizer";
import { createHeaderAuthorizer } from "./keys-by-header.ts";

export const handler = createHeaderAuthorizer(authorizerDeps());
