/**
 * Server-sent events as every stock client bears them: no `id:` and no `retry:`, for one of them
 * takes the next blank line after an `id:` for a message without data.
 */
export const sseHeaders = {
  "Content-Type": "text/event-stream; charset=utf-8",
  "Cache-Control": "no-cache, no-transform",
  "X-Accel-Buffering": "no",
};

export const eventFrame = (event: { type: string }): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

export const dataFrame = (data: object): string => `data: ${JSON.stringify(data)}\n\n`;

export const doneFrame = "data: [DONE]\n\n";
