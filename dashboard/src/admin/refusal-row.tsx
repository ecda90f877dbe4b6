import type { Refusal } from "../contract";
import { sentence } from "../ui/format";
import { Moment } from "../ui/moment";
import { t } from "../words/admin/frame";
import { told } from "../words/server";
import { refusalReason } from "./codes";
import { Facts } from "./parts";
import { links } from "./route";

interface RefusalRowProps {
  readonly refusal: Refusal;
  /** On the person's own page their name says nothing. */
  readonly withPerson?: boolean;
}

export function RefusalRow({ refusal, withPerson = true }: RefusalRowProps) {
  const { at, reason, title, action, broadcaster_id, key_id, key_label, node_id, client_ip } = refusal;
  return (
    <li class="row" data-testid="refusal-row" data-reason={reason}>
      <p class="row-title">{sentence(told(title) ?? refusalReason(reason))}</p>
      <Facts>
        {[
          <Moment key="at" at={Date.parse(at)} />,
          withPerson && broadcaster_id && (
            <a key="person" href={links.person(broadcaster_id)} data-testid="refusal-person">
              {broadcaster_id}
            </a>
          ),
          key_label && t.withKey(key_label),
          key_id,
          node_id && t.onNode(node_id),
          client_ip && (
            <a key="address" href={links.search(client_ip)}>
              {t.from(client_ip)}
            </a>
          ),
        ]}
      </Facts>
      {action && <p class="row-note">{t.told(sentence(told(action)))}</p>}
    </li>
  );
}
