/** The broadcaster's REST calls. Every failure is an ApiProblem whose text can be shown to the user. */

import { AuthError } from "./auth/cognito";
import type { ChannelEdit, OwnChannel, RevealedCredentials } from "./contract";

/** RFC 9457 problem details, or the same shape for a failure on the way (`code` "network" or "unreadable"). */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    /** What the user can do about it; may be empty. */
    readonly action: string,
    /** Message by name of the (outermost) field, for a form. */
    readonly fields: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
  }
}

export interface TokenSource {
  token(force?: boolean): Promise<string>;
}

export class Api {
  constructor(
    private readonly baseUrl: string,
    private readonly tokens: TokenSource,
    private readonly onSignedOut: () => void,
    private readonly fetcher: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  channel(): Promise<OwnChannel> {
    return this.call("GET", "/api/channel") as Promise<OwnChannel>;
  }

  saveDetails(changes: ChannelEdit): Promise<OwnChannel> {
    return this.call("PATCH", "/api/channel", changes) as Promise<OwnChannel>;
  }

  /** The stream key in full, and which one it is. Callers keep it only as long as they need it. */
  async revealKey(): Promise<RevealedCredentials> {
    const found = (await this.call("GET", "/api/channel/credentials?reveal=true")) as RevealedCredentials;
    if (!found.stream_key) throw unreadable();
    return found;
  }

  /** Creates a new key; the old one stops working at once, and a stream that uses it ends. */
  resetKey(): Promise<RevealedCredentials> {
    return this.call("POST", "/api/channel/credentials/reset") as Promise<RevealedCredentials>;
  }

  async stopStream(): Promise<void> {
    await this.call("POST", "/api/channel/stop");
  }

  private async call(method: string, path: string, body?: object): Promise<unknown> {
    let response = await this.send(method, path, body, false);
    // The token may have been revoked, or the clock may be wrong: renew it once.
    if (response.status === 401) response = await this.send(method, path, body, true);
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) {
      const refusal = problem(response.status, answer);
      // "identity_unavailable": the API can't check any token at present, so this one may still be good.
      if (refusal.status === 401 && refusal.code !== "identity_unavailable") this.onSignedOut();
      throw refusal;
    }
    if (answer === null) throw unreadable();
    return answer;
  }

  private async send(method: string, path: string, body: object | undefined, renew: boolean): Promise<Response> {
    try {
      const token = await this.tokens.token(renew);
      const headers: Record<string, string> = { Authorization: `Bearer ${token}`, Accept: "application/json" };
      if (body) headers["Content-Type"] = "application/json";
      return await this.fetcher(this.baseUrl + path, {
        method,
        headers,
        cache: "no-store",
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
    } catch (error) {
      if (error instanceof AuthError && error.kind === "credentials") {
        this.onSignedOut();
        throw new ApiProblem(401, "signed_out", "Your session has ended.", "Sign in again.");
      }
      throw new ApiProblem(0, "network", "The server can't be reached.", "Check your connection and try again.");
    }
  }
}

function unreadable(): ApiProblem {
  return new ApiProblem(0, "unreadable", "The server sent a response that this page can't read.", "Reload the page.");
}

interface ProblemDetails {
  readonly title?: string;
  readonly detail?: string;
  readonly code?: string;
  readonly action?: string;
  readonly errors?: readonly { readonly field: string; readonly problem: string }[];
}

function problem(status: number, answer: unknown): ApiProblem {
  const found = (answer ?? {}) as ProblemDetails;
  const fields = Object.fromEntries((found.errors ?? []).map((each) => [each.field.split(".")[0], each.problem]));
  return new ApiProblem(
    status,
    found.code ?? "unknown",
    found.detail ?? found.title ?? `The server answered ${status}.`,
    found.action ?? (status >= 500 ? "Try again in a moment." : ""),
    fields,
  );
}

/** A failure as one or two sentences. */
export function explain(error: unknown): string {
  if (error instanceof ApiProblem) return [error.detail, error.action].filter(Boolean).join(" ");
  if (error instanceof Error) return error.message;
  return "Something went wrong.";
}
