/** The admin pages and their addresses. Pure. */

export type AdminRoute =
  | { readonly page: "live" | "nodes" | "webhooks" | "none" }
  | { readonly page: "search"; readonly q: string }
  | { readonly page: "person" | "stream" | "webhook"; readonly id: string }
  | { readonly page: "refusals"; readonly reason: string; readonly person: string; readonly address: string }
  | { readonly page: "audit"; readonly target: string; readonly operator: string };

export const links = {
  live: "/admin",
  refusals: "/admin/refusals",
  nodes: "/admin/nodes",
  webhooks: "/admin/webhooks",
  audit: "/admin/audit",
  search: (q: string) => `/admin/search?${new URLSearchParams({ q })}`,
  person: (id: string) => `/admin/people/${encodeURIComponent(id)}`,
  stream: (id: string) => `/admin/streams/${encodeURIComponent(id)}`,
  webhook: (id: string) => `/admin/webhooks/${encodeURIComponent(id)}`,
  refusalsBy: (query: Record<string, string>) => `/admin/refusals?${new URLSearchParams(query)}`,
  auditOf: (target: string) => `/admin/audit?${new URLSearchParams({ target })}`,
} as const;

export function routeOf({ pathname, search }: { pathname: string; search: string }): AdminRoute {
  const [, , section = "", id = "", more] = pathname.split("/").map(decoded);
  const query = new URLSearchParams(search);
  const given = (name: string) => query.get(name) ?? "";
  if (more) return { page: "none" };
  if (id !== "") {
    if (section === "people") return { page: "person", id };
    if (section === "streams") return { page: "stream", id };
    if (section === "webhooks") return { page: "webhook", id };
    return { page: "none" };
  }
  switch (section) {
    case "":
      return { page: "live" };
    case "nodes":
    case "webhooks":
      return { page: section };
    case "search":
      return { page: "search", q: given("q") };
    case "refusals":
      return { page: "refusals", reason: given("reason"), person: given("person"), address: given("address") };
    case "audit":
      return { page: "audit", target: given("target"), operator: given("operator") };
    default:
      return { page: "none" };
  }
}

const KEY_LENGTH = 40;

/** What may be searched for, and so be in an address: of a whole stream key only its end. */
export function searchable(text: string): string {
  const q = text.trim();
  return q.length === KEY_LENGTH && /^[A-Za-z0-9]+$/.test(q) ? q.slice(-4) : q;
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
