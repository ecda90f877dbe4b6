/** What this build is connected to: read at start from `config.json` beside the page, so one build serves every stage. */

import { t } from "./words/common";

export interface Config {
  /** Origin of the REST API without a slash at the end; empty means this page's own origin. */
  readonly apiUrl: string;
  readonly wsUrl: string;
  /** Below which channels play, without a slash at the end; for private channels, whose address the API tells nobody. */
  readonly playbackUrl: string;
  /** Below which past streams play, likewise. */
  readonly recordingsUrl: string;
  readonly cognito: {
    readonly endpoint: string;
    readonly clientId: string;
    readonly userPoolId: string;
    /** Whether people may make accounts themselves. */
    readonly signUp: boolean;
  };
  /** Present on a laptop only: the account that the local cloud made, and the codes that it sends nobody. */
  readonly demo: DemoAccount | null;
  /** The same for an administrator's. */
  readonly demoAdmin: DemoAccount | null;
}

interface DemoAccount {
  readonly email: string;
  readonly password: string;
  readonly codes: { readonly confirmation: string; readonly reset: string } | null;
}

/** The page cannot start: `config.json` is missing, unreadable, or lacks a field. The message is for a person. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

export async function loadConfig(fetcher: typeof fetch = fetch): Promise<Config> {
  let response: Response;
  try {
    response = await fetcher("/config.json", { cache: "no-store" });
  } catch {
    throw new ConfigError(t.config.noAnswer);
  }
  if (!response.ok) {
    throw new ConfigError(t.config.notThere(response.status));
  }
  let body: unknown;
  try {
    body = await response.json();
  } catch {
    throw new ConfigError(t.config.notJson);
  }
  return parseConfig(body);
}

export function parseConfig(body: unknown): Config {
  const root = record(body, "config.json");
  const cognito = record(root.cognito, "cognito");
  const playbackUrl = text(root.playback_url ?? "/live", "playback_url").replace(/\/+$/, "");
  const besides = `${playbackUrl.slice(0, playbackUrl.lastIndexOf("/") + 1)}vod`;
  return {
    apiUrl: text(root.api_url ?? "", "api_url").replace(/\/+$/, ""),
    wsUrl: required(root.ws_url, "ws_url"),
    playbackUrl,
    recordingsUrl: text(root.recordings_url ?? besides, "recordings_url").replace(/\/+$/, ""),
    cognito: {
      endpoint: required(cognito.endpoint, "cognito.endpoint"),
      clientId: required(cognito.client_id, "cognito.client_id"),
      userPoolId: required(cognito.user_pool_id, "cognito.user_pool_id"),
      signUp: cognito.sign_up === true,
    },
    demo: demoAccount(root.demo, "demo"),
    demoAdmin: demoAccount(root.demo_admin, "demo_admin"),
  };
}

function demoAccount(value: unknown, name: string): DemoAccount | null {
  if (value == null) return null;
  const found = record(value, name);
  const codes = found.codes == null ? null : record(found.codes, `${name}.codes`);
  return {
    email: required(found.email, `${name}.email`),
    password: required(found.password, `${name}.password`),
    codes: codes && {
      confirmation: required(codes.confirmation, `${name}.codes.confirmation`),
      reset: required(codes.reset, `${name}.codes.reset`),
    },
  };
}

function record(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ConfigError(t.config.notAnObject(name));
  }
  return value as Record<string, unknown>;
}

function text(value: unknown, name: string): string {
  if (typeof value !== "string") throw new ConfigError(t.config.notText(name));
  return value;
}

function required(value: unknown, name: string): string {
  const found = text(value ?? "", name);
  if (found === "") throw new ConfigError(t.config.missing(name));
  return found;
}
