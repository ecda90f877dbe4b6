import { useState } from "preact/hooks";
import type { Api } from "../api";
import type { OwnChannel, OwnChannelDetails } from "../contract";
import { withWords } from "../i18n/catalogue";
import { lazyPart } from "../ui/lazy";
import { Summary } from "../ui/summary";
import { t } from "../words/studio";
import type { KeysHandle } from "./keys/use-keys";

export interface KeysProps {
  readonly api: Api;
  readonly channel: OwnChannel;
  readonly handle: KeysHandle;
  readonly onSaved: (details: OwnChannelDetails) => void;
}

const Keys = lazyPart<KeysProps>(async () => (await withWords(() => import("./keys/keys"))).default);

/** All keys of the channel; loaded when it is opened. */
export function KeysPanel(props: KeysProps) {
  const [open, setOpen] = useState(false);
  return (
    <section class="card" aria-labelledby="keys-heading" data-testid="keys">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <Summary>
          <h2 id="keys-heading">{t.keys}</h2>
        </Summary>
        {open && <Keys {...props} />}
      </details>
    </section>
  );
}
