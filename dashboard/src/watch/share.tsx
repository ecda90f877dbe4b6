import { useCallback, useState } from "preact/hooks";
import { CopyButton } from "../ui/copy-button";
import { ManualCopy } from "../ui/manual-copy";
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
        what="link to this page"
        label="Copy link"
        testid="copy-link"
        text={() => watchUrl(channelId, streamId)}
        onNoClipboard={(text) => setByHand({ label: "link", text })}
      />
      {streamId === null && (
        <CopyButton
          what="code that embeds the player into a page"
          label="Embed"
          testid="copy-embed"
          text={() => embedCode(channelId, title)}
          onNoClipboard={(text) => setByHand({ label: "embed code", text })}
        />
      )}
      {byHand && <ManualCopy label={byHand.label} text={byHand.text} secret={false} onDismiss={dismiss} />}
    </>
  );
}
