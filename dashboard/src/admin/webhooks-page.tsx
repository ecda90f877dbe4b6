import { useCallback, useState } from "preact/hooks";
import type { Webhook } from "../contract";
import { explain } from "../problem";
import { Moment } from "../ui/moment";
import { t } from "../words/admin/webhooks";
import type { PageProps } from "./admin";
import { Facts, Heading, Problem, Rows, Section } from "./parts";
import { links } from "./route";
import { useLoaded } from "./use-loaded";

const REFRESH_MS = 15_000;
const CREATE = "POST /api/admin/webhooks";

/** Where events are delivered to, and whether that works. */
export default function WebhooksPage({ api }: PageProps) {
  const read = useCallback(() => api.webhooks(), [api]);
  const { value, problem, reload } = useLoaded(read, REFRESH_MS);
  const [failure, setFailure] = useState<string | null>(null);

  const enable = async (webhook: Webhook, enabled: boolean) => {
    setFailure(null);
    try {
      await api.enableWebhook(webhook.webhook_id, enabled);
      reload();
    } catch (error) {
      setFailure(explain(error));
    }
  };

  return (
    <>
      <Heading>{t.title}</Heading>
      <Problem text={problem ?? failure} onRetry={reload} />
      <Section title={t.endpoints} testid="webhooks">
        <Rows items={value?.webhooks ?? null} empty={t.none(CREATE)}>
          {(webhook) => (
            <WebhookRow
              key={webhook.webhook_id}
              webhook={webhook}
              onEnable={(enabled) => void enable(webhook, enabled)}
            />
          )}
        </Rows>
      </Section>
    </>
  );
}

function WebhookRow({ webhook, onEnable }: { webhook: Webhook; onEnable: (enabled: boolean) => void }) {
  const { webhook_id, url, description, events, enabled, disabled_reason, failing_since } = webhook;
  return (
    <li class="row row-with-action" data-testid="webhook">
      <div>
        <a class="row-title" href={links.webhook(webhook_id)}>
          {description || hostOf(url)}
        </a>
        <Facts>
          {[
            enabled ? (
              failing_since ? (
                <span class="mark mark-danger">{t.failingSince(<Moment at={Date.parse(failing_since)} />)}</span>
              ) : (
                <span class="mark mark-serving">{t.enabled}</span>
              )
            ) : (
              <span class="mark mark-gone">{t.disabled}</span>
            ),
            disabled_reason,
            hostOf(url),
            events.length === 0 ? t.everyEvent : events.join(", "),
            webhook_id,
          ]}
        </Facts>
      </div>
      <button type="button" class="button small" data-testid="enable-webhook" onClick={() => onEnable(!enabled)}>
        {enabled ? t.disable : t.enable}
        <span class="sr-only"> {description || hostOf(url)}</span>
      </button>
    </li>
  );
}

/** The rest of an endpoint's address may hold a token. */
function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return t.notValid;
  }
}
