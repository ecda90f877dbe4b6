import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { type Api, explain } from "../api";
import type { Credentials, KeyFacts } from "../contract";
import { Confirm } from "../ui/confirm";
import { CopyButton } from "../ui/copy-button";
import { dateTime, secondsLeft } from "../ui/format";
import { useNow } from "../ui/hooks";
import { Icon } from "../ui/icon";
import { ManualCopy } from "../ui/manual-copy";

const REVEAL_MS = 30_000;
const MASK = "•".repeat(20);

interface StreamKeyProps {
  readonly facts: KeyFacts | null;
  readonly running: boolean;
  readonly api: Api;
  readonly onReset: (credentials: Credentials) => void;
}

/**
 * The stream key. Whoever reads it can broadcast on this channel, so the page asks for it only when the owner wants it
 * and holds it no longer than needed: masked, it is neither in the DOM nor in memory; Copy hands it to the clipboard
 * and forgets it; Reveal shows it for 30 seconds and takes it away at once when the page is left.
 */
export function StreamKey({ facts, running, api, onReset }: StreamKeyProps) {
  const reveal = useReveal(api);
  const [byHand, setByHand] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [asking, setAsking] = useState(false);
  const [renewed, setRenewed] = useState(false);
  const forgetByHand = useCallback(() => setByHand(null), []);
  const keyId = facts?.key_id ?? null;

  // Another key: whatever is on the screen of the old one is wrong now.
  useEffect(() => {
    reveal.hide();
    setByHand(null);
  }, [keyId]);

  const dismissRenewed = () => {
    setRenewed(false);
    // The button that had the focus goes away with its notice.
    document.getElementById("main")?.focus();
  };

  const copyButton = (testid: string, label: string) => (
    <CopyButton
      what="stream key"
      testid={testid}
      label={label}
      text={() => api.revealKey()}
      onNoClipboard={setByHand}
      onProblem={setProblem}
    />
  );

  return (
    <div class="field" role="group" aria-labelledby="stream-key-label">
      <span id="stream-key-label" class="label">
        Stream key
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
              onClick={() => (reveal.key === null ? reveal.show().catch((error) => setProblem(explain(error))) : reveal.hide())}
            >
              <Icon name={reveal.key === null ? "eye" : "hide"} />
              <span>
                {reveal.key === null ? "Reveal" : "Hide"}
                <span class="sr-only"> stream key</span>
              </span>
            </button>
            {copyButton("copy-key", "Copy")}
          </>
        )}
      </div>
      {reveal.until !== null && <RevealCountdown until={reveal.until} />}
      {problem && (
        <p class="field-error" role="alert" data-testid="key-error">
          {problem}
        </p>
      )}
      {byHand !== null && <ManualCopy label="stream key" text={byHand} secret={true} onDismiss={forgetByHand} />}
      {renewed && (
        <div class="notice notice-good" role="status" data-testid="key-reset-notice">
          <Icon name="check" />
          <div class="notice-body">
            <p class="notice-title">Your new key is ready</p>
            <p class="notice-hint">The old one no longer works. Put the new one into your encoder.</p>
          </div>
          {copyButton("copy-new-key", "Copy now")}
          <button type="button" class="button small" data-testid="key-reset-dismiss" onClick={dismissRenewed}>
            Dismiss
          </button>
        </div>
      )}
      <div class="field-foot">
        <p class="muted" data-testid="key-expiry">
          <Expiry facts={facts} />
        </p>
        <button type="button" class="button text" data-testid="reset-key" onClick={() => setAsking(true)}>
          <Icon name="reset" />
          {facts ? "Reset key" : "Create a key"}
        </button>
      </div>
      {asking && (
        <Confirm
          title={facts ? "Reset the stream key?" : "Create a stream key?"}
          confirmLabel={facts ? "Reset key" : "Create key"}
          busyLabel="One moment…"
          onConfirm={async () => {
            const credentials = await api.resetKey();
            setProblem(null);
            setRenewed(true);
            onReset(credentials);
          }}
          onClose={() => setAsking(false)}
        >
          {facts && <p>The present key stops working at once, and cannot be brought back.</p>}
          {running ? (
            <p>
              <strong>You are on air: your broadcast ends</strong> and cannot go on until the new key is in your encoder.
            </p>
          ) : (
            <p>A broadcast that runs on it ends. You will need to put the new key into your encoder.</p>
          )}
        </Confirm>
      )}
    </div>
  );
}

/** The key in full while it is on show; `hide` also calls off a request that is still under way. */
function useReveal(api: Api) {
  const [shown, setShown] = useState<{ key: string; until: number } | null>(null);
  const request = useRef(0);

  const hide = useCallback(() => {
    request.current++;
    setShown(null);
  }, []);

  const show = async () => {
    const mine = ++request.current;
    const key = await api.revealKey();
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

  return { key: shown?.key ?? null, until: shown?.until ?? null, show, hide };
}

function RevealCountdown({ until }: { until: number }) {
  const now = useNow(true, 250);
  return (
    <p class="field-hint" data-testid="reveal-countdown">
      Hides itself in <span class="figures">{secondsLeft(until, now)}</span> s, or when you leave this page.
    </p>
  );
}

function Masked({ facts }: { facts: KeyFacts | null }) {
  if (!facts) return <span class="muted">No key yet</span>;
  return (
    <>
      <span class="mask" aria-hidden="true">
        {MASK}
      </span>
      <span class="sr-only">hidden, ends in </span>
      {facts.hint}
    </>
  );
}

function Expiry({ facts }: { facts: KeyFacts | null }) {
  if (!facts) return <>Create a key to go live.</>;
  if (facts.expires_at === null) return <>Does not expire. Never show it to anyone.</>;
  return Date.parse(facts.expires_at) <= Date.now() ? (
    <span class="warn-text">This key expired on {dateTime(facts.expires_at)}. Reset it to get a new one.</span>
  ) : (
    <>Expires on {dateTime(facts.expires_at)}. Never show it to anyone.</>
  );
}
