// CloudFront Function (cloudfront-js-2.0) before /live/* and /vod/*: a playback token in the path is checked before a cache
// answers.
//
//   /live/{channel}/{token}/...   404 for what is no token of this channel, 403 for one that has expired
//   /vod/{stream}/{token}/...     404 for what is no token, 403 for one that has expired; of which channel the stream is,
//                                 the origin knows, and caches have what it has let pass only
//   /live/{channel}/..., /vod/{stream}/...
//                                 passes: the origin decides who may watch
//
// The rule is that of chalicelib/services/playback_tokens.py. The secrets, one or two separated by a comma, are the value
// of SECRETS_KEY in the function's key value store.
import cf from "cloudfront";
import crypto from "crypto";

const SECRETS_KEY = "playback_secrets";
const TOKEN = /^\/(live|vod)\/([^/]+)\/([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\//;
const MAX_TOKEN = 512;
const MIN_SECRET = 32; // as STREAM_SYNC_PLAYBACK_SECRETS wants it; an empty one would let in everybody

const store = cf.kvs();

function refusal(status, text) {
  return {
    statusCode: status,
    statusDescription: text,
    headers: {
      "cache-control": { value: "no-store" },
      "access-control-allow-origin": { value: "*" },
    },
  };
}

// In the same time for every signature of that length.
function isEqual(one, other) {
  if (one.length !== other.length) {
    return false;
  }
  let differences = 0;
  for (let at = 0; at < one.length; at++) {
    differences |= one.charCodeAt(at) ^ other.charCodeAt(at);
  }
  return differences === 0;
}

function decoded(part) {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString());
  } catch (_) {
    return null;
  }
}

async function handler(event) {
  const request = event.request;
  const found = TOKEN.exec(request.uri);
  if (found === null) {
    return request;
  }
  const signed = `${found[3]}.${found[4]}`;
  const header = decoded(found[3]);
  if (signed.length + found[5].length >= MAX_TOKEN || header === null || header.alg !== "HS256") {
    return refusal(404, "Not Found");
  }
  let secrets = [];
  try {
    secrets = (await store.get(SECRETS_KEY)).split(",");
  } catch (_) {
    // There is none yet: no token can be good.
  }
  let isOurs = false;
  for (let at = 0; at < secrets.length; at++) {
    const secret = secrets[at].trim();
    const signature = crypto.createHmac("sha256", secret).update(signed).digest("base64url");
    isOurs = (secret.length >= MIN_SECRET && isEqual(signature, found[5])) || isOurs;
  }
  const claims = isOurs ? decoded(found[4]) : null;
  if (claims === null || claims.aud !== "playback" || typeof claims.exp !== "number") {
    return refusal(404, "Not Found");
  }
  if (typeof claims.sub !== "string" || (found[1] === "live" && claims.sub !== found[2])) {
    return refusal(404, "Not Found");
  }
  return Date.now() < claims.exp * 1000 ? request : refusal(403, "Forbidden");
}
