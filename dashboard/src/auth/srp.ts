/**
 * The Secure Remote Password protocol (SRP-6a, RFC 5054) as Amazon Cognito speaks it: the 3072-bit group with generator
 * 2, SHA-256, and a session key by HKDF (RFC 5869). The service learns that this browser knows the password; the
 * password itself is not sent.
 *
 *     browser                                          Cognito
 *     A = g^a                    ------ A ------>      looks up salt and verifier v = g^x
 *                                <- salt, B, block --  B = k*v + g^b
 *     S = (B - k*g^x)^(a + u*x)  -- signature ------>  the same S = (A * v^u)^b
 */

import { incomplete } from "./errors";

const N = BigInt(
  "0xFFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD" +
    "EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F" +
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B" +
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510" +
    "15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7" +
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C" +
    "BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
);
const G = 2n;
const PRIVATE_BYTES = 128;
const KEY_BITS = 128;
const KEY_INFO = "Caldera Derived Key";

type Bytes = Uint8Array<ArrayBuffer>;

/** What Cognito sends with PASSWORD_VERIFIER. */
export interface Challenge {
  readonly SALT: string;
  readonly SRP_B: string;
  readonly SECRET_BLOCK: string;
  readonly USER_ID_FOR_SRP: string;
}

export interface Proof {
  readonly timestamp: string;
  readonly signature: string;
}

/** One sign-in. `secret` is a seam for the tests; it must be random and used once. */
export class SrpClient {
  private readonly a: bigint;
  private readonly A: bigint;

  constructor(secret: Bytes = crypto.getRandomValues(new Uint8Array(PRIVATE_BYTES))) {
    this.a = toBigInt(secret) % N;
    this.A = power(G, this.a);
    if (this.A % N === 0n) throw incomplete();
  }

  /** SRP_A. */
  get publicValue(): string {
    return this.A.toString(16);
  }

  /**
   * `pool` is the part of the user pool's id behind the underscore. Throws AuthError for a B with which anybody would
   * know the session key (RFC 5054, 2.5.4).
   */
  async prove(challenge: Challenge, pool: string, password: string, now: Date): Promise<Proof> {
    const B = BigInt(`0x${challenge.SRP_B}`);
    if (B % N === 0n) throw incomplete();
    const user = challenge.USER_ID_FOR_SRP;
    const u = toBigInt(await sha256(padded(this.A), padded(B)));
    if (u === 0n) throw incomplete();
    const k = toBigInt(await sha256(padded(N), padded(G)));
    const identity = await sha256(utf8(`${pool}${user}:${password}`));
    const x = toBigInt(await sha256(padded(BigInt(`0x${challenge.SALT}`)), identity));
    const base = (B + N - ((k * power(G, x)) % N)) % N;
    const S = power(base, this.a + u * x);
    const key = await sessionKey(padded(S), padded(u));
    const timestamp = cognitoTime(now);
    const message = joined(utf8(pool + user), fromBase64(challenge.SECRET_BLOCK), utf8(timestamp));
    return { timestamp, signature: toBase64(new Uint8Array(await crypto.subtle.sign("HMAC", key, message))) };
  }
}

/** "Tue Mar 3 09:05:00 UTC 2026": Cognito signs over exactly this form, with no zero before the day. */
export function cognitoTime(now: Date): string {
  const [weekday, day, month, year, time] = now.toUTCString().replace(",", "").split(" ");
  return `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`;
}

/** The right-to-left binary method, mod N. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % N;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % N;
    square = (square * square) % N;
  }
  return result;
}

async function sessionKey(secret: Bytes, salt: Bytes): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const info = utf8(KEY_INFO);
  const bits = await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, material, KEY_BITS);
  return crypto.subtle.importKey("raw", bits, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
}

/** Big-endian, with a zero byte in front where the first bit is set (as a signed integer is written). */
function padded(value: bigint): Bytes {
  let hex = value.toString(16);
  if (hex.length % 2 === 1) hex = `0${hex}`;
  else if (/^[89a-f]/.test(hex)) hex = `00${hex}`;
  return Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

function toBigInt(bytes: Bytes): bigint {
  return BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`);
}

async function sha256(...parts: Bytes[]): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts)));
}

function joined(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function toBase64(bytes: Bytes): string {
  return btoa(String.fromCharCode(...bytes));
}
