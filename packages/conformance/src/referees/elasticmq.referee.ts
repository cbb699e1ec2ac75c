import { queueContract } from "../contracts/queue-contract.ts";
import { makeQueueSubject } from "../contracts/subjects.ts";
import { clientOptions, refereeEndpoints } from "./endpoints.ts";

queueContract("ElasticMQ", () => makeQueueSubject(clientOptions(refereeEndpoints().elasticmq)));
