import { useCallback, useState } from "preact/hooks";
import { CopyButton } from "../ui/copy-button";
import { ManualCopy } from "../ui/manual-copy";
import { t } from "../words/watch";
import { embedCode, watchUrl } from "./address";

interface ShareProps {
  readonly channelId: string;
  readonly streamId: string | null;
  readonly title: string;
}

/** Link and embed code, to copy. */
export function Share({ channelId, streamId, title }: ShareProps) {
  const [byHand, setByHand] = useState<{ label: string; text: string } | null>(null);
  const dismiss = useCallback(() => setByHand(null), []);
  return (
    <>
      <CopyButton
        what={t.linkToPage}
        label={t.copyLink}
        testid="copy-link"
        text={() => watchUrl(channelId, streamId)}
        onNoClipboard={(text) => setByHand({ label: t.link, text })}
      />
      {streamId === null && (
        <CopyButton
          what={t.embedWhat}
          label={t.embed}
          testid="copy-embed"
          text={() => embedCode(channelId, title)}
          onNoClipboard={(text) => setByHand({ label: t.embedCode, text })}
        />
      )}
      {byHand && <ManualCopy label={byHand.label} text={byHand.text} secret={false} onDismiss={dismiss} />}
    </>
  );
}
