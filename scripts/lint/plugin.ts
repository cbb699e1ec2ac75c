/** Rules of this house, for `.oxlintrc.json`. */
import { complaintAboutImport } from "./namespaces.ts";
import { complaint, placeOf } from "./rooms.ts";
import { complaintAbout } from "./text.ts";

interface Node {
  source?: { value?: unknown } | null;
}

interface Context {
  filename: string;
  report(finding: { message: string; node: unknown }): void;
}

/** Imports go one way, and across wings of core through a domain's door. */
const direction = {
  create(context: Context) {
    const place = placeOf(context.filename.replaceAll("\\", "/"));
    if (!place) return {};
    const check = (node: Node) => {
      const module = node.source?.value;
      const message = typeof module === "string" ? complaint(place, module) : undefined;
      if (message) context.report({ message, node });
    };
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
    };
  },
};

interface Import {
  source: { value: unknown };
  importKind?: string;
  specifiers: { type: string; importKind?: string; imported?: { name?: string } }[];
}

/** Domains are imported whole, so that a bundle keeps of them what it uses. */
const namespaces = {
  create(context: Context) {
    const filename = context.filename.replaceAll("\\", "/");
    return {
      ImportDeclaration(node: Import) {
        if (node.importKind === "type") return;
        const names = node.specifiers
          .filter((one) => one.type === "ImportSpecifier" && one.importKind !== "type")
          .map((one) => one.imported?.name ?? "");
        const message = complaintAboutImport(filename, String(node.source.value), names);
        if (message) context.report({ message, node });
      },
    };
  },
};

/** hono's streamSSE sends the message of what was thrown to the client: `http/event-stream.ts` does not. */
const streams = {
  create(context: Context) {
    const message = "Use eventStream of functions/src/http: hono's own tells clients the cause.";
    return {
      CallExpression(node: { callee?: { name?: string } }) {
        if (node.callee?.name === "streamSSE") context.report({ message, node });
      },
    };
  },
};

/** Text for people is cut at the borders of what they see. */
const text = {
  create(context: Context) {
    return {
      CallExpression(node: Parameters<typeof complaintAbout>[0]) {
        const message = complaintAbout(node);
        if (message) context.report({ message, node });
      },
    };
  },
};

export default { meta: { name: "outlet" }, rules: { direction, namespaces, streams, text } };
