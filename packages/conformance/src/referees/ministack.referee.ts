import { objectStoreContract } from "../contracts/object-store-contract.ts";
import { queueContract } from "../contracts/queue-contract.ts";
import { secretStoreContract } from "../contracts/secret-store-contract.ts";
import {
  makeObjectStoreSubject,
  makeQueueSubject,
  makeSecretStoreSubject,
  makeTableSubject,
} from "../contracts/subjects.ts";
import { tableContract } from "../contracts/table-contract.ts";
import { clientOptions, refereeEndpoints } from "./endpoints.ts";

const options = clientOptions(refereeEndpoints().ministack);

tableContract("MiniStack", () => makeTableSubject(options));
tableContract("MiniStack, by the lean client", () => makeTableSubject(options, "lean"));
queueContract("MiniStack", () => makeQueueSubject(options));
queueContract("MiniStack, by the lean client", () => makeQueueSubject(options, "lean"));
objectStoreContract("MiniStack", () => makeObjectStoreSubject(options));
secretStoreContract("MiniStack", () => makeSecretStoreSubject(options));
