import type { IngestEndpoint } from "../contract";
import { Summary } from "../ui/summary";
import { t } from "../words/connect";
import { ServerUrl } from "./server-url";

interface OtherServersProps {
  /** All servers; the first one is the default, which is shown elsewhere. */
  readonly endpoints: readonly IngestEndpoint[];
}

interface Server {
  readonly name: string;
  readonly url: string;
}

/** The servers beside the default one: the same without encryption, and those of other regions. */
export function otherServers(endpoints: readonly IngestEndpoint[]): Server[] {
  const [first, ...others] = endpoints;
  const plain = first?.plain_url ? [{ name: t.plainRtmp, url: first.plain_url }] : [];
  return [...plain, ...others.map(({ region, url }) => ({ name: t.regionName(region), url }))];
}

export function OtherServers({ endpoints }: OtherServersProps) {
  const servers = otherServers(endpoints);
  if (servers.length === 0) return null;

  return (
    <details class="help" data-testid="other-servers">
      <Summary>{t.otherServers}</Summary>
      {endpoints[0]?.plain_url && <p class="muted">{t.plainHint(<span class="mono">rtmps://</span>)}</p>}
      {servers.map(({ name, url }, index) => (
        <ServerUrl key={url} id={`other-server-${index}`} label={name} what={t.serverUrlOf(name)} url={url} />
      ))}
    </details>
  );
}
