/** What anybody may ask the API: what is live, and a channel. Failures are ApiProblems, as in `api.ts`. */

import type { PublicChannel, PublicStream, PublicStreamPage } from "./contract";
import { ApiProblem, problem, unreadable } from "./problem";

/** Empty fields look for nothing. */
export interface Search {
  readonly q: string;
  readonly category: string;
  readonly tag: string;
}

/** Fields that a server may not know yet: without them, nothing is shown. */
export interface Audience {
  readonly viewers?: number | null;
}

export type LiveStream = PublicStream & Audience;

export interface LivePage extends PublicStreamPage {
  readonly streams: readonly LiveStream[];
}

export type Channel = PublicChannel & Audience;

/** A broadcast that is over and can be watched. */
export interface Recording {
  readonly stream_id: string;
  readonly title: string;
  readonly started_at: string;
  readonly duration_ms: number | null;
  readonly url: string;
  readonly download_url?: string | null;
  readonly poster_url?: string | null;
}

export class PublicApi {
  constructor(
    private readonly baseUrl: string,
    private readonly fetcher: typeof fetch = (input, init) => fetch(input, init),
  ) {}

  live(search: Search, cursor: string | null): Promise<LivePage> {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries({ ...search, cursor: cursor ?? "" })) if (value) query.set(name, value);
    return this.get(`/api/streams/public?${query}`) as Promise<LivePage>;
  }

  channel(channelId: string): Promise<Channel> {
    return this.get(`/api/channels/${encodeURIComponent(channelId)}`) as Promise<Channel>;
  }

  /** Newest first; none where the stage records nothing. */
  async recordings(channelId: string): Promise<readonly Recording[]> {
    try {
      const found = await this.get(`/api/channels/${encodeURIComponent(channelId)}/recordings`);
      const list = Array.isArray(found) ? found : (found as { recordings?: unknown }).recordings;
      return Array.isArray(list) ? (list as Recording[]) : [];
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 404) return [];
      throw error;
    }
  }

  private async get(path: string): Promise<unknown> {
    let response: Response;
    try {
      response = await this.fetcher(this.baseUrl + path, { headers: { Accept: "application/json" } });
    } catch {
      throw new ApiProblem(0, "network", "The server can't be reached.", "Check your connection and try again.");
    }
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw problem(response.status, answer);
    if (answer === null) throw unreadable();
    return answer;
  }
}
