/** What anybody may ask the API: what is live, and a channel. Failures are ApiProblems, as in `api.ts`. */

import type {
  ChannelRecording,
  PublicChannel,
  PublicChannelPage,
  PublicStream,
  PublicStreamPage,
  RecordingPage,
} from "./contract";
import { ApiProblem, problem, unreadable } from "./problem";
import { t } from "./words/common";

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

/** What is planned is in the API's answer alone, and not in messages. */
export type Channel = PublicChannel & Audience & Partial<Pick<PublicChannelPage, "upcoming">>;

/** A stream that is over and can be watched. */
export interface Recording {
  readonly stream_id: string;
  readonly title: string;
  readonly started_at: string;
  readonly duration_ms: number | null;
  readonly url: string;
  readonly download_url: string | null;
  readonly poster_url: string | null;
}

function watchable({ id, title, started_at, recording }: ChannelRecording): Recording[] {
  const { url, download_url, poster_url, duration_ms } = recording;
  if (url === null || started_at === null) return [];
  return [{ stream_id: id, title, started_at, duration_ms, url, download_url, poster_url }];
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

  /** The newest first. `cache`: "no-cache" for what may have changed within the last seconds. */
  async recordings(channelId: string, cache: RequestCache = "default"): Promise<readonly Recording[]> {
    const page = (await this.get(`/api/channels/${encodeURIComponent(channelId)}/recordings`, cache)) as RecordingPage;
    return page.recordings.flatMap(watchable);
  }

  private async get(path: string, cache: RequestCache = "default"): Promise<unknown> {
    let response: Response;
    try {
      response = await this.fetcher(this.baseUrl + path, { headers: { Accept: "application/json" }, cache });
    } catch {
      throw new ApiProblem(0, "network", t.unreachable, t.checkConnection);
    }
    const answer: unknown = await response.json().catch(() => null);
    if (!response.ok) throw problem(response.status, answer);
    if (answer === null) throw unreadable();
    return answer;
  }
}
