import { useCallback, useState } from "preact/hooks";
import type { HealthFinding, StreamDetails } from "../contract";
import { Thumbnail } from "../discovery/thumbnail";
import { count, frameRate, kbps, shortDuration } from "../ui/format";
import { Moment } from "../ui/moment";
import type { PageProps } from "./admin";
import { EndStream } from "./end-stream";
import { Heading, Problem, Rows, Section } from "./parts";
import { links } from "./route";
import { useLoaded } from "./use-loaded";
import { OVERALL, words } from "./words";

const REFRESH_MS = 5_000;

/** One stream, running or ended: on which node, from where, how it is, and why it ended. */
export default function StreamPage({ api, route }: PageProps) {
  const id = route.page === "stream" ? route.id : "";
  const read = useCallback(() => api.stream(id), [api, id]);
  const { value: stream, problem, reload } = useLoaded(read, REFRESH_MS);
  const [ending, setEnding] = useState(false);
  const running = stream !== null && stream.state !== "ENDED";
  return (
    <>
      <Heading>{stream ? stream.title || "Untitled stream" : "Stream"}</Heading>
      <Problem text={problem} onRetry={reload} />
      {stream && (
        <>
          <section
            class="card stream-about"
            aria-label="About this stream"
            data-testid="stream"
            data-state={stream.state}
          >
            {running && (
              <div class="thumb">
                <Thumbnail url={stream.playback.thumbnail_url} />
              </div>
            )}
            <dl class="about">
              {entriesOf(stream).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
            {running && (
              <div class="actions">
                <button
                  type="button"
                  class="button danger-quiet"
                  data-testid="end-stream"
                  onClick={() => setEnding(true)}
                >
                  End stream
                </button>
              </div>
            )}
          </section>
          {stream.health && (
            <Section
              title="Health"
              testid="stream-health"
              beside={
                <span class={`health-overall health-${stream.health.overall}`}>{OVERALL[stream.health.overall]}</span>
              }
            >
              <Rows items={stream.health.findings} empty="Nothing is wrong.">
                {(finding) => <Finding key={finding.code} finding={finding} />}
              </Rows>
            </Section>
          )}
        </>
      )}
      {stream && ending && <EndStream api={api} stream={stream} onEnded={reload} onClose={() => setEnding(false)} />}
    </>
  );
}

function Finding({ finding }: { finding: HealthFinding }) {
  return (
    <li class="row" data-testid="finding" data-code={finding.code}>
      <p class="row-title">{finding.title}</p>
      <p class="muted">
        Measured: {finding.measured}. Recommended: {finding.expected}. Since <Moment at={Date.parse(finding.since)} />.
      </p>
      <p class="row-note">{finding.action}</p>
    </li>
  );
}

function entriesOf(stream: StreamDetails) {
  const { technical } = stream;
  const entries = [
    ["State", words(stream.state.toLowerCase())],
    [
      "Person",
      <a key="person" href={links.person(stream.channel_id)} data-testid="stream-person">
        {stream.broadcaster.display_name || stream.channel_id}
      </a>,
    ],
    ["Node", stream.node_id],
    ["From", stream.client_ip && <a href={links.search(stream.client_ip)}>{stream.client_ip}</a>],
    ["Encoder", technical.encoder],
    ["Bitrate", technical.bitrate_kbps != null && `${kbps(technical.bitrate_kbps)} kb/s`],
    ["Picture", technical.width && technical.height && `${technical.width} × ${technical.height}`],
    ["Frame rate", technical.fps != null && `${frameRate(technical.fps)} fps`],
    ["Codecs", [technical.video_codec, technical.audio_codec].filter(Boolean).join(", ")],
    ["Viewers", typeof stream.viewer_count === "number" && count(stream.viewer_count)],
    ["Viewers at most", typeof stream.peak_viewers === "number" && count(stream.peak_viewers)],
    ["Visibility", stream.visibility],
    ["Started", stream.started_at && <Moment at={Date.parse(stream.started_at)} />],
    ["Duration", stream.duration_s !== null && shortDuration(stream.duration_s * 1000)],
    ["Ended", stream.ended_at && <Moment at={Date.parse(stream.ended_at)} />],
    ["Why it ended", stream.end_reason && words(stream.end_reason)],
    ["Received", `${(stream.bytes_in / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} MB`],
    ["Key", stream.key_id],
    ["Stream ID", stream.id],
  ] as const;
  return entries.filter(([, value]) => value !== null && value !== undefined && value !== false && value !== "");
}
