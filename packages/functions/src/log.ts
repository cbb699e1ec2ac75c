import { Logger } from "@aws-lambda-powertools/logger";
import type { Log } from "@outlet/core/ports";

/**
 * The log port on Powertools: JSON lines as CloudWatch reads them, with the name of the service and
 * the trace. The level is Lambda's or `POWERTOOLS_LOG_LEVEL`'s.
 */
export function createPowertoolsLog(logger = new Logger()): Log {
  const extra = ({ cause, ...fields }: Record<string, unknown> = {}) => ({
    ...fields,
    // Powertools writes name, message and stack of what it finds under `error`.
    ...(cause === undefined ? {} : { error: cause }),
  });
  return {
    debug: (message, fields) => logger.debug(message, extra(fields)),
    info: (message, fields) => logger.info(message, extra(fields)),
    warn: (message, fields) => logger.warn(message, extra(fields)),
    error: (message, fields) => logger.error(message, extra(fields)),
  };
}
