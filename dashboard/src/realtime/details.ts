/** Details and key of the channel: of two answers the one with the higher version is newer, whichever came first. */

import type { Credentials, OwnChannel, OwnChannelDetails } from "../contract";

export function withDetails(channel: OwnChannel, details: OwnChannelDetails): OwnChannel {
  return details.version < channel.version ? channel : { ...channel, ...details };
}

/** What was read, with the details that are known already where those are newer. */
export function newestDetails(known: OwnChannel | null, read: OwnChannel): OwnChannel {
  if (!known || read.version >= known.version) return read;
  const { title, description, category, tags, visibility, recording, version, key } = known;
  const { region, ingest_url, ingest_endpoints, closed } = known;
  const servers = { region, ingest_url, ingest_endpoints };
  return { ...read, ...servers, closed, title, description, category, tags, visibility, recording, version, key };
}

/** Whoever is given the key itself is shown which one that is. */
export function withKey(channel: OwnChannel, credentials: Credentials): OwnChannel {
  const key = {
    key_id: credentials.key_id,
    hint: credentials.stream_key_masked.slice(-4),
    expires_at: credentials.expires_at,
  };
  return { ...channel, ingest_url: credentials.ingest_url, key };
}
