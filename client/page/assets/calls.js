// Calls of the API. A call is answered, or it is `Lost`: nobody knows whether it arrived.

const PATIENCE_MS = 20_000;

export class Lost extends Error {}

/**
 * Ask the API; return {status, body, retryAfter}, retryAfter in milliseconds or null.
 *
 * Throws `Lost` where no answer of the API's came: no network, a proxy's own page, a portal's.
 */
export async function call(path, { method = "GET", token, seq, body, type, signal } = {}) {
  const headers = { Accept: "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (seq !== undefined) headers["Frame-Seq"] = String(seq);
  if (type) headers["Content-Type"] = type;
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
  const giveUp = () => patience.abort();
  signal?.addEventListener("abort", giveUp);
  try {
    const answer = await fetch(path, {
      method, headers, body, cache: "no-store", redirect: "error", signal: patience.signal,
    });
    if (!/json/.test(answer.headers.get("Content-Type") ?? "")) throw new Lost("not the API");
    return {
      status: answer.status,
      body: await answer.json(),
      retryAfter: readRetryAfter(answer.headers.get("Retry-After")),
    };
  } catch (error) {
    throw error instanceof Lost ? error : new Lost(String(error));
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", giveUp);
  }
}

/** Read Retry-After (RFC 9110, section 10.2.3): seconds, or a date. */
export function readRetryAfter(written, now = Date.now()) {
  if (!written) return null;
  const ms = /^\d+$/.test(written) ? Number(written) * 1000 : Date.parse(written) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), 120_000) : null;
}

export function join(code) {
  return call("/api/v1/join", {
    method: "POST", type: "application/json", body: JSON.stringify({ join_code: code }),
  });
}

function ofSession(ticket, rest, more = {}) {
  return call(`/api/v1/sessions/${ticket.session}/${rest}`, { token: ticket.token, ...more });
}

export const askSource = (ticket) => ofSession(ticket, "source");
export const leave = (ticket) => ofSession(ticket, "leave", { method: "POST" });

export function sendFrame(ticket, picture, signal) {
  return ofSession(ticket, "frames", {
    method: "POST", seq: ticket.seq, type: "image/jpeg", body: picture, signal,
  });
}

export function sendAnswer(ticket, answer, signal) {
  return ofSession(ticket, "self-reports", {
    method: "POST", seq: ticket.seq, type: "application/json",
    body: JSON.stringify({ answer }), signal,
  });
}
