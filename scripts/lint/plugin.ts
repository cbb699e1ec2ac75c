/** Rules of this house, for `.oxlintrc.json`. */
import { complaintAboutImport } from "./namespaces.ts";
import { complaint, placeOf } from "./rooms.ts";
import {
  advice,
  adviceOfIn,
  adviceOfRecord,
  askedOf,
  asksIn,
  guardedBy,
  isRecord,
  type Syntax,
  tableOf,
} from "./tables.ts";
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

/** What is asked by names from outside is a Map, or asked by `Object.hasOwn` first. */
const tables = {
  create(context: Context) {
    const declared = new Set<string>();
    const guarded = new Set<string>();
    const asked: [name: string, node: Syntax][] = [];
    return {
      Program({ body = [] }: Syntax) {
        for (const statement of body) {
          const { declarations = [] } = statement.declaration ?? statement;
          for (const node of declarations) {
            const name = tableOf(node);
            if (name === undefined) continue;
            declared.add(name);
            // Whoever imports it asks it elsewhere.
            if (statement.declaration) context.report({ message: advice, node });
          }
        }
      },
      MemberExpression(node: Syntax) {
        const name = askedOf(node);
        if (name) asked.push([name, node]);
      },
      BinaryExpression(node: Syntax) {
        if (asksIn(node)) context.report({ message: adviceOfIn, node });
      },
      CallExpression(node: Syntax) {
        const name = guardedBy(node);
        if (name) guarded.add(name);
      },
      "Program:exit"() {
        for (const [name, node] of asked) {
          const isOpen = declared.has(name) && !guarded.has(name);
          if (isOpen) context.report({ message: advice, node });
        }
      },
    };
  },
};

/** Members of an object from outside are all there, whatever they are called. */
const members = {
  create(context: Context) {
    return {
      CallExpression(node: Syntax) {
        if (isRecord(node)) context.report({ message: adviceOfRecord, node });
      },
    };
  },
};

export default {
  meta: { name: "outlet" },
  rules: { direction, members, namespaces, streams, tables, text },
};
