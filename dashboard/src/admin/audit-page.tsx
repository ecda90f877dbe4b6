import { useCallback } from "preact/hooks";
import type { AdminAction, AdminActionPage } from "../contract";
import { Moment } from "../ui/moment";
import { t } from "../words/admin/audit";
import { t as admin } from "../words/admin/frame";
import { linkOf, said } from "./action-words";
import type { PageProps } from "./admin";
import { Facts, Heading, Problem, ReadAgain, Rows, Section, ShowMore } from "./parts";
import { links } from "./route";
import { usePaged } from "./use-loaded";

const actionsOf = (page: AdminActionPage) => page.actions;

/** What administrators did: who, what, when, on what, from where, why. */
export default function AuditPage({ api, route }: PageProps) {
  const { target, operator } = route.page === "audit" ? route : { target: "", operator: "" };
  const read = useCallback(
    (cursor: string | null) => api.actions({ target, operator, cursor }),
    [api, target, operator],
  );
  const { items, more, problem, loadMore, reload } = usePaged(read, actionsOf);
  return (
    <>
      <Heading beside={<ReadAgain onClick={reload} />}>{t.title}</Heading>
      <Problem text={problem} onRetry={reload} />
      {(target || operator) && (
        <p>
          <a class="chip" href={links.audit}>
            {t.showAll}
          </a>
        </p>
      )}
      <Section
        title={target ? t.on(target) : operator ? t.by(operator) : t.everything}
        testid="audit"
        beside={<p class="muted">{t.kept}</p>}
      >
        <Rows items={items} empty={t.none}>
          {(action) => <ActionRow key={`${action.at} ${action.action} ${action.operator}`} action={action} />}
        </Rows>
        <ShowMore more={more} onMore={loadMore} />
      </Section>
    </>
  );
}

function ActionRow({ action }: { action: AdminAction }) {
  const link = linkOf(action);
  const failed = action.status === null || action.status >= 400;
  return (
    <li class="row" data-testid="action" data-action={action.action}>
      <p class="row-title">
        {said(action)}
        {action.why && `: ${action.why}`}
      </p>
      <Facts>
        {[
          failed && (
            <span class="mark mark-danger">{action.status === null ? t.unfinished : t.refused(action.status)}</span>
          ),
          <Moment key="at" at={Date.parse(action.at)} />,
          admin.by(action.by ?? action.email ?? action.operator),
          admin.from(action.address),
          ...Object.values(action.target).map((id) =>
            link ? (
              <a key={id} href={link}>
                {id}
              </a>
            ) : (
              id
            ),
          ),
        ]}
      </Facts>
    </li>
  );
}
