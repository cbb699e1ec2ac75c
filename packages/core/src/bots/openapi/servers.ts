import * as Text from "../../foundation/text/index.ts";
import { isMembers, listOf, type Members, membersOf, textOf } from "./document.ts";

const serversMax = 20;

/**
 * Where a document says that its service is; variables by their defaults.
 * @param address of the document: relative ones are relative to it.
 */
export function serversOf(root: Members, address: string | null): string[] {
  const servers = listOf(root["servers"]);
  const found = servers.slice(0, serversMax).flatMap((server) => {
    const url = URL.parse(filled(membersOf(server)), address ?? undefined);
    if (!url || !/^https?:$/.test(url.protocol)) return [];
    url.search = "";
    url.hash = "";
    return [url.href.replace(/\/$/, "")];
  });
  if (found.length > 0 || servers.length > 0) return [...new Set(found)];
  // Without any it is at the root of where the document is (OpenAPI 3.1, 4.8.1).
  return address === null ? [] : [new URL(address).origin];
}

function filled(server: Members): string {
  const variables = membersOf(server["variables"]);
  return Text.cut(textOf(server["url"]), 2_000).replaceAll(
    /\{([^{}]+)\}/g,
    (whole, name: string) =>
      Object.hasOwn(variables, name) ? textOf(membersOf(variables[name])["default"]) : whole,
  );
}

/** A way of saying who calls, as a document names it. */
export interface Scheme {
  name: string;
  kind: "header" | "query" | "bearer" | "basic";
  /** Of the header or the parameter of the query. */
  field: string | null;
}

/** Those of a document that a tool can meet with one secret. */
export function schemesOf(root: Members): Scheme[] {
  const schemes = membersOf(membersOf(root["components"])["securitySchemes"]);
  return Object.entries(schemes)
    .slice(0, 20)
    .flatMap(([name, given]): Scheme[] => {
      if (!isMembers(given)) return [];
      const [type, scheme] = [textOf(given["type"]), textOf(given["scheme"]).toLowerCase()];
      if (type === "apiKey" && (given["in"] === "header" || given["in"] === "query")) {
        return [{ name, kind: given["in"], field: textOf(given["name"]) }];
      }
      if (type === "http" && scheme === "basic") return [{ name, kind: "basic", field: null }];
      // A token that was got elsewhere is one too.
      const bears =
        (type === "http" && scheme === "bearer") || type === "oauth2" || type === "openIdConnect";
      return bears ? [{ name, kind: "bearer", field: null }] : [];
    });
}
