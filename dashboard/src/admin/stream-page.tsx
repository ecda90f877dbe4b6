import { useCallback, useState } from "preact/hooks";
import type { HealthFinding, StreamDetails } from "../contract";
import { Thumbnail } from "../discovery/thumbnail";
import { size } from "../studio/recordings";
import { bitrate, count, frameRate, shortDuration } from "../ui/format";
import { Moment } from "../ui/moment";
import { t as codes } from "../words/admin/codes";
import { t as admin } from "../words/admin/frame";
import { t } from "../words/admin/streams";
import { endReason } from "../words/end-reasons";
import { measuredText } from "../words/phrases";
import { told } from "../words/server";
import type { PageProps } from "./admin";
import { EndStream } from "./end-stream";
import { Heading, Problem, Rows, Section } from "./parts";
import { links } from "./route";
import { useLoaded } from "./use-loaded";

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
      <Heading>{stream ? stream.title || admin.untitled : t.stream}</Heading>
      <Problem text={problem} onRetry={reload} />
      {stream && (
        <>
          <section class="card stream-about" aria-label={t.about} data-testid="stream" data-state={stream.state}>
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
                  {admin.endStream}
                </button>
              </div>
            )}
          </section>
          {stream.health && (
            <Section
              title={t.health}
              testid="stream-health"
              beside={
                <span class={`health-overall health-${stream.health.overall}`}>
                  {codes.health[stream.health.overall]}
                </span>
              }
            >
              <Rows items={stream.health.findings} empty={t.healthy}>
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
      <p class="row-title">{told(finding.title)}</p>
      <p class="muted">
        {t.finding(
          measuredText(finding.measured),
          measuredText(finding.expected),
          <Moment at={Date.parse(finding.since)} />,
        )}
      </p>
      <p class="row-note">{told(finding.action)}</p>
    </li>
  );
}

function entriesOf(stream: StreamDetails) {
  const { technical } = stream;
  const entries = [
    [t.state, codes.state[stream.state]],
    [
      t.person,
      <a key="person" href={links.person(stream.channel_id)} data-testid="stream-person">
        {stream.broadcaster.display_name || stream.channel_id}
      </a>,
    ],
    [t.node, stream.node_id],
    [t.from, stream.client_ip && <a href={links.search(stream.client_ip)}>{stream.client_ip}</a>],
    [t.encoder, technical.encoder],
    [t.bitrate, technical.bitrate_kbps != null && bitrate(technical.bitrate_kbps)],
    [t.picture, technical.width && technical.height && `${technical.width} × ${technical.height}`],
    [t.frameRate, technical.fps != null && `${frameRate(technical.fps)} fps`],
    [t.codecs, [technical.video_codec, technical.audio_codec].filter(Boolean).join(", ")],
    [t.viewersNow, typeof stream.viewer_count === "number" && count(stream.viewer_count)],
    [t.peakViewers, typeof stream.peak_viewers === "number" && count(stream.peak_viewers)],
    [t.visibility, codes.visibility[stream.visibility]],
    [t.started, stream.started_at && <Moment at={Date.parse(stream.started_at)} />],
    [t.duration, stream.duration_s !== null && shortDuration(stream.duration_s * 1000)],
    [t.ended, stream.ended_at && <Moment at={Date.parse(stream.ended_at)} />],
    [t.whyEnded, stream.end_reason && endReason(stream.end_reason)],
    [t.received, size(stream.bytes_in)],
    [t.key, stream.key_id],
    [t.streamId, stream.id],
  ] as const;
  return entries.filter(([, value]) => value !== null && value !== undefined && value !== false && value !== "");
}
