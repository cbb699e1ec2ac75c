import type { Deployer } from "@outlet/core/publishing/deployer";

/**
 * Calls a new endpoint's health check. Where the gateway says that only its allow-list keeps this
 * address out, the rest of the way cannot be tried from here.
 */
export async function probe(endpoint: string, apiKey: string): Promise<Deployer.ProbeResult> {
  try {
    const response = await fetch(`${endpoint}/health`, {
      headers: { "x-api-key": apiKey },
      redirect: "error",
      signal: AbortSignal.timeout(10_000),
    });
    await response.body?.cancel();
    const refusedByAllowList = response.headers.get("x-outlet-refused-by") === "ip-allow-list";
    if (response.ok) return "reached";
    return refusedByAllowList ? "refused" : "not_yet";
  } catch {
    // A name that does not resolve yet, a refused connection, a time-out: the same as no answer.
    return "not_yet";
  }
}
