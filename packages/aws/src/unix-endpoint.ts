const scheme = "unix:";

/** @param path of a Unix socket, or of a named pipe on Windows. @returns an `endpoint` for a client. */
export const unixEndpoint = (path: string): string => scheme + path;

/** The path that {@link unixEndpoint} was given; nothing where the endpoint is a URL. */
export function socketPathOf(endpoint: string): string | undefined {
  return endpoint.startsWith(scheme) ? endpoint.slice(scheme.length) : undefined;
}
