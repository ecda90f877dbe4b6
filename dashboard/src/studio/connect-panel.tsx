import type { Api } from "../api";
import type { Credentials, OwnChannel } from "../contract";
import { t } from "../words/connect";
import { ObsHelp } from "./obs-help";
import { OtherServers } from "./other-servers";
import { ServerUrl } from "./server-url";
import { StreamKey } from "./stream-key";
import { TestHelp } from "./test-mode";

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
  return (
    <section class="card" aria-labelledby="connect-heading">
      <header class="card-head">
        <h2 id="connect-heading">{t.title}</h2>
        <p class="muted">{t.region(channel.region)}</p>
      </header>
      <ServerUrl id="ingest-url" label={t.serverUrl} what={t.serverUrlInText} url={channel.ingest_url} />
      <OtherServers endpoints={channel.ingest_endpoints} />
      <StreamKey facts={channel.key} running={running} api={api} onRead={onKeyRead} />
      <ObsHelp />
      <TestHelp />
    </section>
  );
}
