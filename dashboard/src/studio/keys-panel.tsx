import { type FunctionComponent, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Api } from "../api";
import type { OwnChannel, OwnChannelDetails } from "../contract";
import { withWords } from "../i18n/catalogue";
import type { CurrentStream } from "../realtime/state";
import { t } from "../words/studio";

export interface KeysProps {
  readonly api: Api;
  readonly channel: OwnChannel;
  readonly stream: CurrentStream;
  readonly onSaved: (details: OwnChannelDetails) => void;
}

/** All keys of the channel; loaded when it is opened. */
export function KeysPanel(props: KeysProps) {
  const [open, setOpen] = useState(false);
  return (
    <section class="card" aria-labelledby="keys-heading" data-testid="keys">
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary>
          <h2 id="keys-heading">{t.keys}</h2>
        </summary>
        {open && <LazyKeys {...props} />}
      </details>
    </section>
  );
}

function LazyKeys(props: KeysProps) {
  const [loaded, setLoaded] = useState<{ readonly Keys: FunctionComponent<KeysProps> } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    withWords(() => import("./keys/keys")).then(
      (module) => setLoaded({ Keys: module.default }),
      () => setFailed(true),
    );
  }, []);
  if (failed) return <p class="field-error">{t.keysFailed}</p>;
  return loaded ? h(loaded.Keys, props) : <p class="muted" aria-busy="true" />;
}
