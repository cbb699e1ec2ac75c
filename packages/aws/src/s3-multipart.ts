import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from "@aws-sdk/client-s3";

/** S3's least is 5 MB, and emulators take 11 in one request. */
const partBytes = 8 * 1024 * 1024;

export interface Target {
  client: S3Client;
  bucket: string;
  path: string;
  contentType: string;
}

export async function putWhole(
  { client, bucket: Bucket, path: Key, contentType: ContentType }: Target,
  Body: Uint8Array,
): Promise<void> {
  await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }));
}

/** Puts an object whose bytes come in pieces, a part of it in memory at a time. */
export async function putPieces(
  target: Target,
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): Promise<void> {
  const { client, bucket: Bucket, path: Key, contentType: ContentType } = target;
  const parts = partsOf(pieces);
  const first = await parts.next();
  const second = first.done ? first : await parts.next();
  if (first.done || second.done) {
    return putWhole(target, first.value ?? new Uint8Array());
  }
  const { UploadId } = await client.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ContentType }),
  );
  const upload = { Bucket, Key, UploadId };
  try {
    const Parts: { PartNumber: number; ETag: string | undefined }[] = [];
    const send = async (Body: Uint8Array) => {
      const PartNumber = Parts.length + 1;
      const { ETag } = await client.send(new UploadPartCommand({ ...upload, PartNumber, Body }));
      Parts.push({ PartNumber, ETag });
    };
    await send(first.value);
    await send(second.value);
    for await (const part of parts) await send(part);
    await client.send(
      new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }),
    );
  } catch (error) {
    // Parts of what never became an object are paid for; a second failure must not hide the first.
    await client.send(new AbortMultipartUploadCommand(upload)).catch(() => undefined);
    throw error;
  }
}

/** The same bytes in parts of S3's size, the last one smaller. */
async function* partsOf(
  pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Buffer, undefined> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    waiting.push(piece);
    length += piece.length;
    if (length < partBytes) continue;
    let all = Buffer.concat(waiting);
    for (; all.length >= partBytes; all = all.subarray(partBytes)) yield all.subarray(0, partBytes);
    waiting = [all];
    length = all.length;
  }
  if (length > 0) yield Buffer.concat(waiting);
  return undefined;
}
