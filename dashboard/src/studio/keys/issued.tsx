import { useCallback, useState } from "preact/hooks";
import type { IssuedKey } from "../../contract";
import { CopyButton } from "../../ui/copy-button";
import { Icon } from "../../ui/icon";
import { ManualCopy } from "../../ui/manual-copy";
import { t } from "../../words/keys";
import { ServerUrl } from "../server-url";
import { RevealCountdown, useReveal } from "../stream-key";

interface IssuedProps {
  readonly issued: IssuedKey;
  readonly name: string;
  /** The server URL, which an encoder needs as well. */
  readonly server: string;
  readonly onDismiss: () => void;
}

/** A new key: the only time that it can be copied. It is in the page's memory until then, and in the DOM if revealed. */
export function Issued({ issued, name, server, onDismiss }: IssuedProps) {
  const text = issued.stream_key;
  const reveal = useReveal(async () => ({ id: issued.key_id, text }), issued.key_id);
  const [byHand, setByHand] = useState(false);
  const forgetByHand = useCallback(() => setByHand(false), []);

  const dismiss = () => {
    onDismiss();
    // The button that had the focus goes away with the notice.
    document.getElementById("main")?.focus();
  };

  return (
    <div class="notice notice-good" role="group" aria-labelledby="issued-title" data-testid="issued-key">
      <Icon name="check" />
      <div class="notice-body">
        <p class="notice-title" role="status" id="issued-title">
          {t.ready(name)}
        </p>
        <div class="field-row">
          <output class={reveal.key === null ? "input mono key" : "input mono key key-shown"} data-testid="issued-text">
            {reveal.key ?? (
              <>
                <span class="mask" aria-hidden="true">
                  {"•".repeat(16)}
                </span>
                <span class="sr-only">{t.hiddenEndsIn}</span>
                {issued.hint}
              </>
            )}
          </output>
          <button
            type="button"
            class="button"
            data-testid="reveal-issued"
            onClick={() => (reveal.key === null ? void reveal.show() : reveal.hide())}
          >
            <Icon name={reveal.key === null ? "eye" : "hide"} />
            <span>
              {reveal.key === null ? t.reveal : t.hide}
              <span class="sr-only"> {t.theNewKey}</span>
            </span>
          </button>
          <CopyButton what={t.theNewKey} testid="copy-issued" text={() => text} onNoClipboard={() => setByHand(true)} />
        </div>
        {reveal.until !== null && <RevealCountdown until={reveal.until} />}
        {byHand && <ManualCopy label={t.theNewKey} text={text} secret={true} onDismiss={forgetByHand} />}
        <p class="notice-hint">{t.keepSecret}</p>
        <ServerUrl id="issued-server" label={t.serverToo} what={t.serverUrl} url={server} />
      </div>
      <button type="button" class="button small" data-testid="dismiss-issued" onClick={dismiss}>
        {t.done}
      </button>
    </div>
  );
}
