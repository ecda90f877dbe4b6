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
          Paste the server URL into <b>Server</b> and the key into <b>Stream Key</b>. Leave <b>Use authentication</b>{" "}
          off.
        </li>
        <li>
          Open <b>Settings › Output</b>, set <b>Output Mode</b> to <b>Advanced</b>, and on the <b>Streaming</b> tab set{" "}
          <b>Keyframe Interval</b> to 2 s and <b>Rate Control</b> to CBR, with a <b>Bitrate</b> of 2,500 to 6,000 Kbps.
          <p class="field-hint">
            <b>Simple</b> mode has no such field. To stay with it, take the encoder <b>Software (x264)</b>, tick{" "}
            <b>Enable Custom Encoder Settings (Advanced)</b> and type <span class="mono">keyint=60</span> for 30 frames
            per second, <span class="mono">keyint=120</span> for 60. Left alone, x264 sends a key frame every 250 frames
            only, and viewers wait for one.
          </p>
        </li>
        <li>
          Choose <b>OK</b>, then <b>Start Streaming</b>.
        </li>
      </ol>
      <p class="muted">
        Other encoders want the same two things, often as one address: the server URL, a slash, the key.
      </p>
    </details>
  );
}
