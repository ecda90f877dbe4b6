import { Icon } from "../ui/icon";

export function ObsHelp() {
  return (
    <details class="help" data-testid="obs-help">
      <summary>
        <Icon name="chevron" />
        How to set up OBS Studio
      </summary>
      <ol>
        <li>
          Open <b>Settings › Stream</b> and set <b>Service</b> to <b>Custom…</b>
        </li>
        <li>
          Paste the server URL into <b>Server</b> and the key into <b>Stream Key</b>. Leave <b>Use authentication</b> off.
        </li>
        <li>
          Under <b>Output</b>, set the <b>Keyframe Interval</b> to <b>2 s</b>. 2,500 to 6,000 kb/s with H.264 and AAC suits
          most connections.
        </li>
        <li>
          Choose <b>OK</b>, then <b>Start Streaming</b>.
        </li>
      </ol>
      <p class="muted">Other encoders want the same two things, often as one address: the server URL, a slash, the key.</p>
    </details>
  );
}
