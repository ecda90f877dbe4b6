import type { Refusal } from "../contract";
import { sentence } from "../ui/format";
import { Moment } from "../ui/moment";
import { Facts } from "./parts";
import { links } from "./route";
import { words } from "./words";

interface RefusalRowProps {
  readonly refusal: Refusal;
  /** On the person's own page their name says nothing. */
  readonly withPerson?: boolean;
}

export function RefusalRow({ refusal, withPerson = true }: RefusalRowProps) {
  const { at, reason, title, action, broadcaster_id, key_id, node_id, client_ip } = refusal;
  return (
    <li class="row" data-testid="refusal-row" data-reason={reason}>
      <p class="row-title">{sentence(title ?? words(reason))}</p>
      <Facts>
        {[
          <Moment key="at" at={Date.parse(at)} />,
          withPerson && broadcaster_id && (
            <a key="person" href={links.person(broadcaster_id)} data-testid="refusal-person">
              {broadcaster_id}
            </a>
          ),
          key_id,
          node_id && `on ${node_id}`,
          client_ip && (
            <a key="address" href={links.search(client_ip)}>
              from {client_ip}
            </a>
          ),
        ]}
      </Facts>
      {action && <p class="row-note">Told to the encoder: {sentence(action)}</p>}
    </li>
  );
}
