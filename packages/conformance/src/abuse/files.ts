import { crc32, deflateRawSync } from "node:zlib";

/** A ZIP archive of files, each deflated. */
function zip(files: Record<string, Uint8Array>): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, bytes] of Object.entries(files)) {
    const data = deflateRawSync(bytes, { level: 9 });
    const title = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(title.length, 22);
    locals.push(Buffer.from("PK\x03\x04", "latin1"), common, title, data);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, rest, title);
    at += 30 + title.length + data.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  const count = Object.keys(files).length;
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, central, end]);
}

const types = Buffer.from('<?xml version="1.0"?><Types/>');
/** A word processor's document around its text. */
const docx = (document: Uint8Array): Buffer =>
  zip({ "[Content_Types].xml": types, "word/document.xml": document });

const open =
  '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>';
const close = "</w:t></w:r></w:p></w:body></w:document>";

/** 1 MB that unfolds to 400 MB. */
export const zipBomb = (): Buffer =>
  docx(Buffer.concat([Buffer.from(open), Buffer.alloc(400_000_000, "a"), Buffer.from(close)]));

/** An entity of ten, of ten, of ten …: ten to the ninth. */
export function entityBomb(): Buffer {
  const entities = Array.from({ length: 9 }, (_, n) => {
    const inner = n === 0 ? "lol" : `&e${n - 1};`;
    return `<!ENTITY e${n} "${inner.repeat(10)}">`;
  });
  return docx(Buffer.from(`<!DOCTYPE d [${entities.join("")}]>${open}&e8;${close}`));
}

/** Elements in one another, so deep that a parser that calls itself ends. */
export const deepXml = (): Buffer =>
  docx(Buffer.from(open + "<w:r>".repeat(300_000) + "</w:r>".repeat(300_000) + close));

/** A table whose headings would be said again in each of its cells. */
export const wideCsv = (): string => {
  const heading = Array.from({ length: 500 }, (_, n) => `A heading that is long, number ${n}`);
  const row = Array.from({ length: 500 }, () => "1").join(",");
  return [heading.join(","), ...Array.from({ length: 90 }, () => row)].join("\n");
};

export const wideHtml = (): string => {
  const cells = (tag: string, text: string) => `<${tag}>${text}</${tag}>`.repeat(200);
  const rows = `<tr>${cells("td", "1")}</tr>`.repeat(40);
  return `<table><tr>${cells("th", "A heading that is long")}</tr>${rows}</table>`;
};
