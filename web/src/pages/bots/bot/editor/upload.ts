import { ApiError } from "~/api/api-error.ts";
import { copy } from "./copy.ts";

const bytesMax = 3_900_000;

/** A file as the control API takes it. Bytes, not text: what they mean is found out by the sync. */
export async function readUpload(file: File): Promise<{ name: string; base64: string }> {
  const refuse = (message: string) =>
    new ApiError({ message, status: 0, code: "file_refused", requestId: null });
  if (file.size === 0) throw refuse(copy.knowledge.emptyFile(file.name));
  if (file.size > bytesMax) throw refuse(copy.knowledge.tooLarge(file.name));
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(typeof reader.result === "string" ? reader.result : "");
    reader.onerror = () => reject(refuse(copy.knowledge.unreadable(file.name)));
    reader.readAsDataURL(file);
  });
  return { name: file.name.slice(-200), base64: url.slice(url.indexOf(",") + 1) };
}
