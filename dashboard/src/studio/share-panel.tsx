import { type FunctionComponent, h } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import type { Api } from "../api";
import type { OwnChannel, PlaybackToken } from "../contract";
import { withWords } from "../i18n/catalogue";
import { explain } from "../problem";
import type { CurrentStream } from "../realtime/state";
import { CopyButton } from "../ui/copy-button";
import { Icon } from "../ui/icon";
import { ManualCopy } from "../ui/manual-copy";
import { Moment } from "../ui/moment";
import { t } from "../words/studio";
import { useTestUrl } from "./use-test-url";

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
  const isTest = stream.live?.test === true;
  const testUrl = useTestUrl(api, isTest && open);
  const hlsUrl = isTest ? testUrl : isPrivate ? (token?.hls_url ?? null) : channel.playback.hls_url;

  const createLink = () => {
    setProblem(null);
    api.playbackToken().then(setToken, (error: unknown) => setProblem(explain(error)));
  };

  return (
    <section class="card share-card" aria-labelledby="share-heading">
      <header class="card-head">
        <h2 id="share-heading">{t.watchPage}</h2>
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
          {open ? t.hidePreview : t.showPreview}
        </button>
      </header>
      {url === null ? (
        <div class="field">
          <p class="muted">{t.privateHint}</p>
          <div class="field-row">
            <button type="button" class="button" data-testid="create-link" onClick={createLink}>
              {t.createLink}
            </button>
          </div>
        </div>
      ) : (
        <div class="field">
          <label class="label" for="watch-url">
            {t.viewersLink}
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
              what={t.viewersLinkInText}
              testid="copy-watch-url"
              text={() => url}
              onNoClipboard={() => setByHand(true)}
            />
            <a class="button" href={url} target="_blank" rel="noopener" data-testid="open-watch-page">
              {t.open}
            </a>
          </div>
          {byHand && <ManualCopy label={t.viewersLinkInText} text={url} secret={false} onDismiss={dismiss} />}
          {token && isPrivate && <p class="field-hint">{t.validUntil(<Moment at={Date.parse(token.expires_at)} />)}</p>}
        </div>
      )}
      {problem !== null && (
        <p class="field-error" role="alert">
          {problem}
        </p>
      )}
      {open && hlsUrl === null && !isTest && <p class="muted">{t.linkForPreview}</p>}
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
    withWords(() => import("../watch/preview")).then(
      (module) => setLoaded({ Preview: module.default }),
      () => setFailed(true),
    );
  }, []);
  if (failed) return <p class="field-error">{t.previewFailed}</p>;
  return loaded ? h(loaded.Preview, props) : <div class="preview" aria-busy="true" />;
}
