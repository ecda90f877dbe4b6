import type { HealthFinding, StreamHealth } from "../contract";
import { Icon } from "../ui/icon";
import { Moment } from "../ui/moment";
import { measuredText } from "../words/phrases";
import { told } from "../words/server";
import { t } from "../words/studio";
import { healthAnnouncement } from "./health-words";

const HEADING = "stream-health";

interface HealthPanelProps {
  readonly health: StreamHealth;
  /** False while nothing is measured: the last findings stay, greyed out. */
  readonly fresh: boolean;
}

/** What is wrong with the running stream, the worst first, and what to do about it. */
export function HealthPanel({ health, fresh }: HealthPanelProps) {
  const { overall, findings } = health;
  return (
    <div class={fresh ? "health" : "health measures-old"} data-testid="health" data-overall={overall}>
      <h3 class="health-head" id={HEADING}>
        {t.health} <span class={`health-overall health-${overall}`}>{t.overall[overall]}</span>
      </h3>
      <p class="sr-only" role="status" aria-live="polite">
        {healthAnnouncement(health)}
      </p>
      {findings.length > 0 && (
        <ul class="findings">
          {findings.map((finding) => (
            <Finding key={finding.code} finding={finding} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** Beside the status: how it is, and the way to what is wrong. */
export function HealthLink({ health: { overall } }: { health: StreamHealth }) {
  return (
    <a class={`health-overall health-${overall}`} href={`#${HEADING}`} data-testid="health-link">
      {t.health}: {t.overall[overall]}
    </a>
  );
}

function Finding({ finding }: { finding: HealthFinding }) {
  const { code, severity, title, measured, expected, since, action } = finding;
  return (
    <li class={`finding finding-${severity}`} data-testid="finding" data-code={code}>
      <Icon name="warning" />
      <div>
        <p class="finding-title">
          {severity !== "info" && <span class="sr-only">{severity === "error" ? t.error : t.warning} </span>}
          {told(title)}
        </p>
        <p class="finding-figures">
          {t.finding(measuredText(measured), measuredText(expected), <Moment at={Date.parse(since)} />)}
        </p>
        <p data-testid="finding-action">{told(action)}</p>
      </div>
    </li>
  );
}
