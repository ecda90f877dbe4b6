/** What an encoder needs: server URL and stream key, and how OBS is set up. */

import type { ComponentChildren } from "preact";
import { catalogue } from "../i18n/catalogue";

const english = {
  title: "Connect your encoder",
  region: (region: string) => `Ingest region ${region}`,
  serverUrl: "Server URL",
  serverUrlInText: "server URL",
  serverUrlOf: (server: string) => `server URL, ${server}`,
  plainRtmp: "Plain RTMP",
  regionName: (region: string) => `Region ${region}`,
  otherServers: "Other servers",
  plainHint: (scheme: ComponentChildren): ComponentChildren => (
    <>
      Use plain RTMP only if your encoder does not support {scheme}: it sends the stream key and the video without
      encryption.
    </>
  ),

  key: "Stream key",
  keyInText: "stream key",
  reveal: "Reveal",
  hide: "Hide",
  noKey: "No key yet",
  masked: "hidden, ends in",
  hiddenIn: (seconds: ComponentChildren): ComponentChildren => (
    <>Hidden again in {seconds} s, or when you leave this page.</>
  ),
  createToGoLive: "Create a key to go live.",
  neverExpires: "Never expires. Keep it secret.",
  expired: (moment: ComponentChildren): ComponentChildren => (
    <>This key expired on {moment}. Reset it to get a new one.</>
  ),
  expires: (moment: ComponentChildren): ComponentChildren => <>Expires on {moment}. Keep it secret.</>,
  newKey: "Your new key is ready",
  newKeyHint: "The old key no longer works. Enter the new one in your encoder.",
  copyNow: "Copy now",
  reset: "Reset key",
  resetting: "Resetting…",
  resetTitle: "Reset the stream key?",
  resetConsequence: "Your current key stops working immediately and can't be restored.",
  resetLive: (): ComponentChildren => (
    <>
      <strong>You are live: your stream ends</strong> and can't continue until the new key is in your encoder.
    </>
  ),
  resetOffline: "Enter the new key in your encoder before you go live again.",
  createA: "Create a key",
  create: "Create key",
  creating: "Creating…",
  createTitle: "Create a stream key?",
  createHint: "Enter it in your encoder to go live.",

  obs: "How to set up OBS Studio",
  obsService: (): ComponentChildren => (
    <>
      Open <b>Settings › Stream</b> and set <b>Service</b> to <b>Custom…</b>
    </>
  ),
  obsKey: (): ComponentChildren => (
    <>
      Paste the server URL into <b>Server</b> and the key into <b>Stream Key</b>. Leave <b>Use authentication</b> off.
    </>
  ),
  obsOutput: (): ComponentChildren => (
    <>
      Open <b>Settings › Output</b>, set <b>Output Mode</b> to <b>Advanced</b>, and on the <b>Streaming</b> tab set{" "}
      <b>Keyframe Interval</b> to 2 s and <b>Rate Control</b> to CBR, with a <b>Bitrate</b> of 2,500 to 6,000 Kbps.
    </>
  ),
  obsSimple: (): ComponentChildren => (
    <>
      <b>Simple</b> mode has no Keyframe Interval. In that mode, choose the encoder <b>Software (x264)</b>, tick{" "}
      <b>Enable Custom Encoder Settings (Advanced)</b> and enter <span class="mono">keyint=60</span> for 30 frames per
      second or <span class="mono">keyint=120</span> for 60. By default x264 sends a key frame only every 250 frames,
      and viewers have to wait for one.
    </>
  ),
  obsStart: (): ComponentChildren => (
    <>
      Choose <b>OK</b>, then <b>Start Streaming</b>.
    </>
  ),
  otherEncoders: "Other encoders need the same two values, often as one URL: the server URL, a slash, then the key.",
};

export type ConnectWords = typeof english;
export const t = catalogue(english, { de: () => import("./connect.de") });
