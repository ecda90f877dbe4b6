import { useCallback, useState } from "preact/hooks";
import { CopyButton } from "../ui/copy-button";
import { ManualCopy } from "../ui/manual-copy";

interface ServerUrlProps {
  readonly id: string;
  readonly label: string;
  /** What is copied, in words. */
  readonly what: string;
  readonly url: string;
}

/** A server's URL, to copy into an encoder. */
export function ServerUrl({ id, label, what, url }: ServerUrlProps) {
  const [byHand, setByHand] = useState(false);
  const dismiss = useCallback(() => setByHand(false), []);

  return (
    <div class="field">
      <label class="label" for={id}>
        {label}
      </label>
      <div class="field-row">
        <input
          id={id}
          class="input mono"
          readOnly
          value={url}
          spellcheck={false}
          data-testid={id}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyButton what={what} testid={`copy-${id}`} text={() => url} onNoClipboard={() => setByHand(true)} />
      </div>
      {byHand && <ManualCopy label={what} text={url} secret={false} onDismiss={dismiss} />}
    </div>
  );
}
