import type { ControlApi } from "@outlet/functions/control-api/app";
import { hc } from "hono/client";
import { accessToken, apiOrigin, renew, signIn } from "~/session/session.ts";
import { ApiError } from "./api-error.ts";
import { copy } from "./copy.ts";

/** Calls the control API as the user who is signed in. */
export async function authorizedFetch(
  input: RequestInfo | URL,
  init?: RequestInit,
): Promise<Response> {
  const token = await accessToken();
  const first = token ? await call(input, init, token) : undefined;
  if (first && first.status !== 401) return first;
  const renewed = await renew();
  const second = renewed ? await call(input, init, renewed) : undefined;
  if (second && second.status !== 401) return second;
  await signIn(window.location.pathname + window.location.search);
  // The page is being left: nobody reads this any more.
  return new Promise(() => {});
}

async function call(
  input: RequestInfo | URL,
  init: RequestInit | undefined,
  token: string,
): Promise<Response> {
  const headers = new Headers(init?.headers);
  headers.set("authorization", `Bearer ${token}`);
  try {
    return await fetch(input, { ...init, headers });
  } catch (cause) {
    if (init?.signal?.aborted) throw cause;
    throw new ApiError({
      message: copy.offline,
      status: 0,
      code: "offline",
      requestId: null,
    });
  }
}

/** The control API, typed by its own routes. */
export const api = hc<ControlApi>(apiOrigin, { fetch: authorizedFetch }).api;

interface Answer<T> {
  ok: boolean;
  json(): Promise<T>;
}

/**
 * The body of a good answer.
 * @throws ApiError for any other.
 */
export async function read<T>(answer: Promise<Answer<T>>): Promise<T> {
  const response = await answer;
  await requireGood(response as unknown as Response);
  return response.json();
}

/** As {@link read}, where the body says nothing. */
export async function done(answer: Promise<{ ok: boolean }>): Promise<void> {
  await requireGood((await answer) as Response);
}

export async function requireGood(response: Response): Promise<void> {
  if (response.ok) return;
  throw await errorFrom(response);
}

async function errorFrom(response: Response): Promise<ApiError> {
  const { status } = response;
  const requestId = response.headers.get("x-request-id");
  const body: unknown = await response.json().catch(() => null);
  if (typeof body !== "object" || body === null) {
    return new ApiError({ message: copy.unreadable, status, code: "unknown", requestId });
  }
  const problem = body as {
    detail?: string;
    message?: string;
    error?: { code?: string };
    errors?: { path: string; message: string }[];
    requestId?: string;
  };
  return new ApiError({
    message: problem.detail ?? problem.message ?? copy.unreadable,
    status,
    code: problem.error?.code ?? "unknown",
    requestId: problem.requestId ?? requestId,
    fields: problem.errors ?? [],
  });
}
