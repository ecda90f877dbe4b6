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
            <b>Simple</b> mode has no Keyframe Interval. In that mode, choose the encoder <b>Software (x264)</b>, tick{" "}
            <b>Enable Custom Encoder Settings (Advanced)</b> and enter <span class="mono">keyint=60</span> for 30 frames
            per second or <span class="mono">keyint=120</span> for 60. By default x264 sends a key frame only every 250
            frames, and viewers have to wait for one.
          </p>
        </li>
        <li>
          Choose <b>OK</b>, then <b>Start Streaming</b>.
        </li>
      </ol>
      <p class="muted">
        Other encoders need the same two values, often as one URL: the server URL, a slash, then the key.
      </p>
    </details>
  );
}
