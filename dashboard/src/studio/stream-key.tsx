import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../api";
import type { Credentials, KeyHint } from "../contract";
import { explain } from "../problem";
import { Confirm } from "../ui/confirm";
import { CopyButton } from "../ui/copy-button";
import { secondsLeft } from "../ui/format";
import { useNow } from "../ui/hooks";
import { Icon } from "../ui/icon";
import { ManualCopy } from "../ui/manual-copy";
import { Moment } from "../ui/moment";
import { t as common } from "../words/common";
import { t } from "../words/connect";

const REVEAL_MS = 30_000;
const MASK = "•".repeat(20);

export interface OneKey {
  readonly id: string;
  readonly text: string;
}

interface StreamKeyProps {
  readonly facts: KeyHint | null;
  readonly running: boolean;
  readonly api: Api;
  /** A key was revealed or created. */
  readonly onRead: (credentials: Credentials) => void;
}

/**
 * The stream key. Anyone who has it can stream to this channel, so the page fetches it only on request and drops it as
 * soon as possible: while masked, it is neither in the DOM nor in memory; Copy passes it to the clipboard and drops it;
 * Reveal shows it for 30 seconds, or until the window loses the focus.
 */
export function StreamKey({ facts, running, api, onRead }: StreamKeyProps) {
  const keyId = facts?.key_id ?? null;
  const readId = useRef("");
  const readKey = async (): Promise<OneKey> => {
    const credentials = await api.revealKey();
    readId.current = credentials.key_id;
    onRead(credentials);
    return { id: credentials.key_id, text: credentials.stream_key };
  };
  const reveal = useReveal(readKey, keyId);
  const [byHand, setByHand] = useState<OneKey | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const [renewed, setRenewed] = useState(false);
  const forgetByHand = useCallback(() => setByHand(null), []);

  // The key was replaced, here or in another window: hide the old one.
  useEffect(() => {
    reveal.keepOnly(keyId);
    setByHand((shown) => (shown?.id === keyId ? shown : null));
  }, [keyId]);

  const dismissRenewed = () => {
    setRenewed(false);
    // The button that had the focus goes away with its notice.
    document.getElementById("main")?.focus();
  };

  const copyButton = (testid: string, label: string) => (
    <CopyButton
      what={t.keyInText}
      testid={testid}
      label={label}
      text={async () => (await readKey()).text}
      onNoClipboard={(text) => setByHand({ id: readId.current, text })}
      onProblem={setProblem}
    />
  );

  return (
    <div class="field" role="group" aria-labelledby="stream-key-label">
      <span id="stream-key-label" class="label">
        {t.key}
      </span>
      <div class="field-row">
        <output class={reveal.key === null ? "input mono key" : "input mono key key-shown"} data-testid="stream-key">
          {reveal.key ?? <Masked facts={facts} />}
        </output>
        {facts && (
          <>
            <button
              type="button"
              class="button"
              data-testid={reveal.key === null ? "reveal-key" : "hide-key"}
              onClick={() =>
                reveal.key === null ? reveal.show().catch((error) => setProblem(explain(error))) : reveal.hide()
              }
            >
              <Icon name={reveal.key === null ? "eye" : "hide"} />
              <span>
                {reveal.key === null ? t.reveal : t.hide}
                <span class="sr-only"> {t.keyInText}</span>
              </span>
            </button>
            {copyButton("copy-key", common.copy)}
          </>
        )}
      </div>
      {reveal.until !== null && <RevealCountdown until={reveal.until} />}
      {problem && (
        <p class="field-error" role="alert" data-testid="key-error">
          {problem}
        </p>
      )}
      {byHand !== null && <ManualCopy label={t.keyInText} text={byHand.text} secret={true} onDismiss={forgetByHand} />}
      {renewed && (
        <div class="notice notice-good" role="status" data-testid="key-reset-notice">
          <Icon name="check" />
          <div class="notice-body">
            <p class="notice-title">{t.newKey}</p>
            <p class="notice-hint">{t.newKeyHint}</p>
          </div>
          {copyButton("copy-new-key", t.copyNow)}
          <button type="button" class="button small" data-testid="key-reset-dismiss" onClick={dismissRenewed}>
            {common.dismiss}
          </button>
        </div>
      )}
      <div class="field-foot">
        <p class="muted" data-testid="key-expiry">
          <Expiry facts={facts} />
        </p>
        <button type="button" class="button text" data-testid="reset-key" onClick={() => setAsking(true)}>
          <Icon name="reset" />
          {facts ? t.reset : t.createA}
        </button>
      </div>
      {asking && (
        <Confirm
          title={facts ? t.resetTitle : t.createTitle}
          confirmLabel={facts ? t.reset : t.create}
          busyLabel={facts ? t.resetting : t.creating}
          onConfirm={async () => {
            const credentials = await api.resetKey();
            setProblem(null);
            setRenewed(true);
            onRead(credentials);
          }}
          onClose={() => setAsking(false)}
        >
          {facts && <p>{t.resetConsequence}</p>}
          {running ? <p>{t.resetLive()}</p> : <p>{facts ? t.resetOffline : t.createHint}</p>}
        </Confirm>
      )}
    </div>
  );
}

/**
 * The key in full while it is on show, and while it is the channel's (`keyId`); `hide` also calls off a request that is
 * still under way.
 */
export function useReveal(readKey: () => Promise<OneKey>, keyId: string | null) {
  const [shown, setShown] = useState<{ key: OneKey; until: number } | null>(null);
  const request = useRef(0);

  const hide = useCallback(() => {
    request.current++;
    setShown(null);
  }, []);

  const show = async () => {
    const mine = ++request.current;
    const key = await readKey();
    if (mine === request.current) setShown({ key, until: Date.now() + REVEAL_MS });
  };

  useEffect(() => {
    const onVisibility = () => document.visibilityState === "hidden" && hide();
    window.addEventListener("blur", hide);
    window.addEventListener("pagehide", hide);
    document.addEventListener("visibilitychange", onVisibility);
    return () => {
      window.removeEventListener("blur", hide);
      window.removeEventListener("pagehide", hide);
      document.removeEventListener("visibilitychange", onVisibility);
    };
  }, [hide]);

  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(hide, shown.until - Date.now());
    return () => clearTimeout(timer);
  }, [shown, hide]);

  const keepOnly = (id: string | null) => setShown((held) => (held?.key.id === id ? held : null));
  const current = shown?.key.id === keyId ? shown : null;
  return { key: current?.key.text ?? null, until: current?.until ?? null, show, hide, keepOnly };
}

export function RevealCountdown({ until }: { until: number }) {
  const now = useNow(true, 250);
  return (
    <p class="field-hint" data-testid="reveal-countdown">
      {t.hiddenIn(<span class="figures">{secondsLeft(until, now)}</span>)}
    </p>
  );
}

function Masked({ facts }: { facts: KeyHint | null }) {
  if (!facts) return <span class="muted">{t.noKey}</span>;
  return (
    <>
      <span class="mask" aria-hidden="true">
        {MASK}
      </span>
      <span class="sr-only">{t.masked} </span>
      {facts.hint}
    </>
  );
}

function Expiry({ facts }: { facts: KeyHint | null }) {
  if (!facts) return <>{t.createToGoLive}</>;
  if (facts.expires_at === null) return <>{t.neverExpires}</>;
  const expiresAt = Date.parse(facts.expires_at);
  const moment = <Moment at={expiresAt} />;
  return expiresAt <= Date.now() ? (
    <span class="warn-text">{t.expired(moment)}</span>
  ) : (
    <span>{t.expires(moment)}</span>
  );
}
