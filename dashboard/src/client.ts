/** REST calls with the signed-in user's token. Every failure is an ApiProblem whose text can be shown to the user. */

import { AuthError } from "./auth/errors";
import { ApiProblem, problem, unreadable } from "./problem";
import { t } from "./words/common";

export interface TokenSource {
  token(force?: boolean): Promise<string>;
}

export class Client {
  constructor(
    private readonly baseUrl: string,
    private readonly tokens: TokenSource,
    private readonly onSignedOut: () => void,
    private readonly fetcher: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  async call(method: string, path: string, body?: object): Promise<unknown> {
    const response = await this.answer(method, path, body);
    const answer: unknown = await response.json().catch(() => null);
    if (answer === null) throw unreadable();
    return answer;
  }

  /** A good response whose body is not read yet. */
  async answer(method: string, path: string, body?: object): Promise<Response> {
    let response = await this.send(method, path, body, false);
    // The token may have been revoked, or the clock may be wrong: renew it once.
    if (response.status === 401) response = await this.send(method, path, body, true);
    if (response.ok) return response;
    const refusal = problem(response.status, await response.json().catch(() => null));
    // "identity_unavailable": the API can't check any token at present, so this one may still be good.
    if (refusal.status === 401 && refusal.code !== "identity_unavailable") this.onSignedOut();
    throw refusal;
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
      if (error instanceof AuthError && error.kind === "expired") {
        this.onSignedOut();
        throw new ApiProblem(401, "signed_out", t.sessionEnded, t.signInAgain);
      }
      throw new ApiProblem(0, "network", t.unreachable, t.checkConnection);
    }
  }
}
