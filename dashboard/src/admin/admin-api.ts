/** The administrators' REST calls, with the token of a person who has the role. */

import { Client } from "../client";
import type {
  ActiveStreamPage,
  AdminActionPage,
  Broadcaster,
  BroadcasterDetails,
  BroadcasterStreams,
  DeliveryDetails,
  DeliveryPage,
  NodeList,
  RefusalPage,
  SearchResults,
  StreamDetails,
  WebhookList,
} from "../contract";

type Query = Readonly<Record<string, string | number | null>>;

/** How many rows a list shows at first, and more with each "Show more". */
const PAGE = 50;

export class AdminApi extends Client {
  activeStreams(cursor: string | null = null): Promise<ActiveStreamPage> {
    return this.get("/streams", { limit: 200, cursor });
  }

  stream(id: string): Promise<StreamDetails> {
    return this.get(`/streams/${encodeURIComponent(id)}`);
  }

  async endStream(id: string, why: string): Promise<void> {
    await this.post(`/streams/${encodeURIComponent(id)}/end`, { why });
  }

  search(q: string): Promise<SearchResults> {
    return this.get("/search", { q });
  }

  person(id: string): Promise<BroadcasterDetails> {
    return this.get(`/broadcasters/${encodeURIComponent(id)}`);
  }

  streamsOf(id: string, cursor: string | null): Promise<BroadcasterStreams> {
    return this.get(`/broadcasters/${encodeURIComponent(id)}/streams`, { limit: 20, cursor });
  }

  block(id: string, why: string): Promise<Broadcaster> {
    return this.post(`/broadcasters/${encodeURIComponent(id)}/block`, { why });
  }

  unblock(id: string, why: string): Promise<Broadcaster> {
    return this.post(`/broadcasters/${encodeURIComponent(id)}/unblock`, { why });
  }

  async revokeKey(id: string): Promise<void> {
    await this.post(`/keys/${encodeURIComponent(id)}/revoke`);
  }

  /** Newest first; without `since`, of the last day. */
  refusals(query: Query): Promise<RefusalPage> {
    return this.get("/refusals", { limit: PAGE, ...query });
  }

  nodes(): Promise<NodeList> {
    return this.get("/nodes");
  }

  drain(id: string, withinSeconds: number | null): Promise<NodeList> {
    return this.post(`/nodes/${encodeURIComponent(id)}/drain`, { within_seconds: withinSeconds });
  }

  undrain(id: string): Promise<NodeList> {
    return this.post(`/nodes/${encodeURIComponent(id)}/undrain`);
  }

  webhooks(): Promise<WebhookList> {
    return this.get("/webhooks");
  }

  async enableWebhook(id: string, enabled: boolean): Promise<void> {
    await this.call("PATCH", `/api/admin/webhooks/${encodeURIComponent(id)}`, { enabled });
  }

  deliveries(webhookId: string, status: string | null, cursor: string | null): Promise<DeliveryPage> {
    return this.get(`/webhooks/${encodeURIComponent(webhookId)}/deliveries`, { limit: PAGE, status, cursor });
  }

  delivery(webhookId: string, eventId: string): Promise<DeliveryDetails> {
    return this.get(`/webhooks/${encodeURIComponent(webhookId)}/deliveries/${encodeURIComponent(eventId)}`);
  }

  async replay(webhookId: string, eventId: string): Promise<void> {
    await this.post(`/webhooks/${encodeURIComponent(webhookId)}/deliveries/${encodeURIComponent(eventId)}/replay`);
  }

  actions(query: Query): Promise<AdminActionPage> {
    return this.get("/audit", { limit: PAGE, ...query });
  }

  private get<T>(path: string, query: Query = {}): Promise<T> {
    const given = Object.entries(query).filter(([, value]) => value !== null && value !== "");
    const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
    return this.call("GET", `/api/admin${path}${text && `?${text}`}`) as Promise<T>;
  }

  private post<T>(path: string, body: object = {}): Promise<T> {
    return this.call("POST", `/api/admin${path}`, body) as Promise<T>;
  }
}
