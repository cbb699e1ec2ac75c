import type { Method, Mount, Route } from "./mount.ts";
import { remembering } from "./remembering.ts";
import { segmentsOf } from "./route-path.ts";

export interface RouteMatch {
  route: Route;
  method: Method;
  /** Decoded once; `null` where the route has none. */
  pathParameters: Record<string, string> | null;
}

/** @param path as it came over the wire, without the stage. */
export function matchRoute(mount: Mount, verb: string, path: string): RouteMatch | undefined {
  const segments = segmentsOf(path);
  for (const route of mount.routes) {
    const parameters = matchSegments(route.segments, segments);
    if (parameters === undefined) continue;
    const method = route.methods.get(verb) ?? route.methods.get("ANY");
    if (method === undefined) return undefined;
    const pathParameters = Object.keys(parameters).length > 0 ? parameters : null;
    return { route, method, pathParameters };
  }
  return undefined;
}

function matchSegments(pattern: string[], segments: string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index];
    if (segment === undefined) return undefined;
    const { kind, name } = partOf(part);
    if (kind === "greedy") {
      parameters[name] = decode(segments.slice(index).join("/"));
      return parameters;
    }
    if (kind === "parameter") parameters[name] = decode(segment);
    else if (name !== segment) return undefined;
  }
  return pattern.length === segments.length ? parameters : undefined;
}

interface Part {
  kind: "greedy" | "parameter" | "literal";
  name: string;
}

/** Each API has a handful, and all have the same. */
const partOf = remembering(1_000, (part): Part => {
  const [, name, plus] = /^\{(.+?)(\+)?\}$/.exec(part) ?? [];
  if (name === undefined) return { kind: "literal", name: part };
  return { kind: plus ? "greedy" : "parameter", name };
});

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // Not percent-encoded UTF-8: handed on as it came.
    return text;
  }
}
