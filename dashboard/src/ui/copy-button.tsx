import { useState } from "preact/hooks";
import { explain } from "../problem";
import { t } from "../words/common";
import { copyText } from "./clipboard";
import { useFlash } from "./hooks";
import { Icon } from "./icon";

interface CopyButtonProps {
  /** What is copied, in words: "server URL". */
  readonly what: string;
  readonly testid: string;
  readonly label?: string;
  readonly text: () => string | Promise<string>;
  /** The browser has no clipboard: show `text` for copying by hand. */
  readonly onNoClipboard: (text: string) => void;
  readonly onProblem?: (message: string | null) => void;
}

export function CopyButton({ what, testid, label = t.copy, text, onNoClipboard, onProblem }: CopyButtonProps) {
  const [copied, flash] = useFlash();
  const [busy, setBusy] = useState(false);

  const copy = async () => {
    onProblem?.(null);
    const found = text();
    setBusy(true);
    try {
      if ((await copyText(found)) === "copied") flash();
      else onNoClipboard(await found);
    } catch (failure) {
      onProblem?.(explain(failure));
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <button
        type="button"
        class={copied ? "button done" : "button"}
        data-testid={testid}
        aria-disabled={busy}
        onClick={() => !busy && void copy()}
      >
        <Icon name={copied ? "check" : "copy"} />
        <span>
          {copied ? t.copied : label}
          <span class="sr-only"> {what}</span>
        </span>
      </button>
      <span class="sr-only" role="status">
        {copied ? t.wasCopied(what) : ""}
      </span>
    </>
  );
}
