import { type FunctionComponent, h } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import type { Api } from "../api";
import type { OwnChannel, PlaybackToken } from "../contract";
import { explain } from "../problem";
import type { CurrentStream } from "../realtime/state";
import { CopyButton } from "../ui/copy-button";
import { Icon } from "../ui/icon";
import { ManualCopy } from "../ui/manual-copy";
import { Moment } from "../ui/moment";

const PREVIEW_KEY = "stream-sync.preview";

interface PreviewProps {
  readonly url: string;
  readonly running: boolean;
  readonly streamId: string | null;
}

interface SharePanelProps {
  readonly channel: OwnChannel;
  readonly stream: CurrentStream;
  readonly api: Api;
}

/** Where viewers watch, and what they see there. */
export function SharePanel({ channel, stream, api }: SharePanelProps) {
  const isPrivate = channel.visibility === "private";
  const [token, setToken] = useState<PlaybackToken | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [byHand, setByHand] = useState(false);
  const dismiss = useCallback(() => setByHand(false), []);
  const [open, setOpen] = useState(() => localStorage.getItem(PREVIEW_KEY) === "open");
  const url = isPrivate ? (token?.watch_url ?? null) : `${location.origin}/watch/${channel.channel_id}`;
  const hlsUrl = isPrivate ? (token?.hls_url ?? null) : channel.playback.hls_url;

  const createLink = () => {
    setProblem(null);
    api.playbackToken().then(setToken, (error: unknown) => setProblem(explain(error)));
  };

  return (
    <section class="card share-card" aria-labelledby="share-heading">
      <header class="card-head">
        <h2 id="share-heading">Your watch page</h2>
        <button
          type="button"
          class="button small"
          data-testid="toggle-preview"
          aria-expanded={open}
          onClick={() => {
            localStorage.setItem(PREVIEW_KEY, open ? "closed" : "open");
            setOpen(!open);
          }}
        >
          <Icon name={open ? "hide" : "eye"} />
          {open ? "Hide preview" : "Show preview"}
        </button>
      </header>
      {url === null ? (
        <div class="field">
          <p class="muted">Your channel is private: people need a private link, which is valid for a day.</p>
          <div class="field-row">
            <button type="button" class="button" data-testid="create-link" onClick={createLink}>
              Create a private link
            </button>
          </div>
        </div>
      ) : (
        <div class="field">
          <label class="label" for="watch-url">
            Link for viewers
          </label>
          <div class="field-row">
            <input
              id="watch-url"
              class="input mono"
              readOnly
              value={url}
              spellcheck={false}
              data-testid="watch-url"
              onFocus={(event) => event.currentTarget.select()}
            />
            <CopyButton
              what="link for viewers"
              testid="copy-watch-url"
              text={() => url}
              onNoClipboard={() => setByHand(true)}
            />
            <a class="button" href={url} target="_blank" rel="noopener" data-testid="open-watch-page">
              Open
            </a>
          </div>
          {byHand && <ManualCopy label="link for viewers" text={url} secret={false} onDismiss={dismiss} />}
          {token && isPrivate && (
            <p class="field-hint">
              Whoever has it can watch until <Moment at={Date.parse(token.expires_at)} zone />.
            </p>
          )}
        </div>
      )}
      {problem !== null && (
        <p class="field-error" role="alert">
          {problem}
        </p>
      )}
      {open && hlsUrl === null && <p class="muted">Create a private link to see the preview.</p>}
      {open && hlsUrl !== null && (
        <LazyPreview url={hlsUrl} running={stream.status !== "OFFLINE"} streamId={stream.streamId} />
      )}
    </section>
  );
}

/** The player is loaded when it is asked for: it also takes from the line that the encoder sends on. */
function LazyPreview(props: PreviewProps) {
  const [loaded, setLoaded] = useState<{ readonly Preview: FunctionComponent<PreviewProps> } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    import("../watch/preview").then(
      (module) => setLoaded({ Preview: module.default }),
      () => setFailed(true),
    );
  }, []);
  if (failed) return <p class="field-error">The preview can't be loaded. Reload the page to try again.</p>;
  return loaded ? h(loaded.Preview, props) : <div class="preview" aria-busy="true" />;
}
