import { useCallback, useState } from "preact/hooks";
import type { Api } from "../api";
import type { Credentials, OwnChannel } from "../contract";
import { CopyButton } from "../ui/copy-button";
import { ManualCopy } from "../ui/manual-copy";
import { ObsHelp } from "./obs-help";
import { StreamKey } from "./stream-key";

interface ConnectPanelProps {
  readonly channel: OwnChannel;
  /** A stream is running; a key reset would end it. */
  readonly running: boolean;
  readonly api: Api;
  /** A key was revealed or created. */
  readonly onKeyRead: (credentials: Credentials) => void;
}

/** What an encoder needs: the server URL and the stream key. */
export function ConnectPanel({ channel, running, api, onKeyRead }: ConnectPanelProps) {
  const [byHand, setByHand] = useState(false);
  const dismiss = useCallback(() => setByHand(false), []);

  return (
    <section class="card" aria-labelledby="connect-heading">
      <header class="card-head">
        <h2 id="connect-heading">Connect your encoder</h2>
        <p class="muted">Ingest region {channel.region}</p>
      </header>
      <div class="field">
        <label class="label" for="ingest-url">
          Server URL
        </label>
        <div class="field-row">
          <input
            id="ingest-url"
            class="input mono"
            readOnly
            value={channel.ingest_url}
            spellcheck={false}
            data-testid="ingest-url"
            onFocus={(event) => event.currentTarget.select()}
          />
          <CopyButton
            what="server URL"
            testid="copy-ingest-url"
            text={() => channel.ingest_url}
            onNoClipboard={() => setByHand(true)}
          />
        </div>
        {byHand && <ManualCopy label="server URL" text={channel.ingest_url} secret={false} onDismiss={dismiss} />}
      </div>
      <StreamKey facts={channel.key} running={running} api={api} onRead={onKeyRead} />
      <ObsHelp />
    </section>
  );
}
