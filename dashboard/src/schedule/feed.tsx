import { useCallback, useState } from "preact/hooks";
import { CopyButton } from "../ui/copy-button";
import { ManualCopy } from "../ui/manual-copy";
import { t } from "../words/schedule";

/** The address of the calendar that viewers subscribe to. */
export function Feed({ channelId, apiUrl }: { readonly channelId: string; readonly apiUrl: string }) {
  const [byHand, setByHand] = useState(false);
  const dismiss = useCallback(() => setByHand(false), []);
  const feed = new URL(`${apiUrl}/api/channels/${channelId}/schedule.ics`, location.href).href;
  return (
    <div class="field">
      <label class="label" for="schedule-feed">
        {t.feed}
      </label>
      <div class="field-row">
        <input id="schedule-feed" class="input mono" readOnly value={feed} spellcheck={false} />
        <CopyButton what={t.feedInText} testid="copy-feed" text={() => feed} onNoClipboard={() => setByHand(true)} />
        <a class="button" href={feed} download="schedule.ics" data-testid="download-feed">
          {t.download}
          <span class="sr-only"> {t.downloadOf}</span>
        </a>
      </div>
      {byHand && <ManualCopy label={t.feedInText} text={feed} secret={false} onDismiss={dismiss} />}
      <p class="field-hint">{t.feedHint}</p>
    </div>
  );
}
