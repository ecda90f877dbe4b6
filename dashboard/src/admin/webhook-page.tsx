import { useCallback, useState } from "preact/hooks";
import type { Delivery, DeliveryPage } from "../contract";
import { explain } from "../problem";
import { Moment } from "../ui/moment";
import { t as codes } from "../words/admin/codes";
import { t as admin } from "../words/admin/frame";
import { t } from "../words/admin/webhooks";
import type { PageProps } from "./admin";
import type { AdminApi } from "./admin-api";
import { Facts, Heading, Problem, ReadAgain, Rows, Section, ShowMore } from "./parts";
import { useLoaded, usePaged } from "./use-loaded";

const STATUSES = ["pending", "delivered", "dead"] as const;

const deliveriesOf = (page: DeliveryPage) => page.deliveries;

/** The deliveries of one webhook: what was sent, what came of it, and sending it again. */
export default function WebhookPage({ api, route }: PageProps) {
  const id = route.page === "webhook" ? route.id : "";
  const [status, setStatus] = useState<string | null>(null);
  const read = useCallback((cursor: string | null) => api.deliveries(id, status, cursor), [api, id, status]);
  const { items, more, problem, loadMore, reload } = usePaged(read, deliveriesOf);
  const [open, setOpen] = useState<string | null>(null);
  const [failure, setFailure] = useState<string | null>(null);

  const replay = async (delivery: Delivery) => {
    setFailure(null);
    try {
      await api.replay(id, delivery.event_id);
      reload();
    } catch (error) {
      setFailure(explain(error));
    }
  };

  return (
    <>
      <Heading beside={<ReadAgain onClick={reload} />}>{t.deliveries}</Heading>
      <Problem text={problem ?? failure} onRetry={reload} />
      <div class="chips" role="group" aria-label={t.status}>
        {[null, ...STATUSES].map((each) => (
          <button key={each} type="button" class="chip" aria-pressed={status === each} onClick={() => setStatus(each)}>
            {each === null ? t.all : codes.delivery[each]}
          </button>
        ))}
      </div>
      <Section title={t.of(id)} testid="deliveries">
        <Rows items={items} empty={t.noDelivery}>
          {(delivery) => (
            <li class="row" key={delivery.event_id} data-testid="delivery" data-status={delivery.status}>
              <div class="row-with-action">
                <div>
                  <p class="row-title">{delivery.event}</p>
                  <Facts>
                    {[
                      codes.delivery[delivery.status],
                      <Moment key="at" at={Date.parse(delivery.created_at)} />,
                      t.attempts(delivery.attempts),
                      delivery.last_status !== null && admin.answered(delivery.last_status),
                      delivery.last_error,
                      delivery.event_id,
                    ]}
                  </Facts>
                </div>
                <div class="actions">
                  <button
                    type="button"
                    class="button small"
                    aria-expanded={open === delivery.event_id}
                    onClick={() => setOpen(open === delivery.event_id ? null : delivery.event_id)}
                  >
                    {t.details}
                    <span class="sr-only"> {t.ofDelivery(delivery.event_id)}</span>
                  </button>
                  <button type="button" class="button small" data-testid="replay" onClick={() => void replay(delivery)}>
                    {t.sendAgain}
                    <span class="sr-only"> {delivery.event_id}</span>
                  </button>
                </div>
              </div>
              {open === delivery.event_id && <Details api={api} webhookId={id} eventId={delivery.event_id} />}
            </li>
          )}
        </Rows>
        <ShowMore more={more} onMore={loadMore} />
      </Section>
    </>
  );
}

function Details({ api, webhookId, eventId }: { api: AdminApi; webhookId: string; eventId: string }) {
  const read = useCallback(() => api.delivery(webhookId, eventId), [api, webhookId, eventId]);
  const { value, problem, reload } = useLoaded(read);
  if (value === null)
    return problem === null ? <p class="muted">{admin.loading}</p> : <Problem text={problem} onRetry={reload} />;
  return (
    <div class="delivery-details">
      <ul class="rows">
        {value.log.map((attempt) => (
          <li class="row" key={attempt.at}>
            <Facts>
              {[
                <Moment key="at" at={Date.parse(attempt.at)} />,
                attempt.status !== null ? admin.answered(attempt.status) : t.noAnswer,
                attempt.error,
                `${attempt.duration_ms} ms`,
              ]}
            </Facts>
          </li>
        ))}
      </ul>
      <textarea
        class="input mono payload"
        readOnly
        rows={12}
        aria-label={t.payload}
        value={JSON.stringify(value.payload, null, 2)}
      />
    </div>
  );
}
