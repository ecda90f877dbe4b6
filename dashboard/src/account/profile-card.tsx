import { useMemo, useState } from "preact/hooks";
import type { Api } from "../api";
import type { Account } from "../auth/account";
import type { Session } from "../auth/session";
import { limits, type OwnChannel } from "../contract";
import { zoneName, zones } from "../schedule/zones";
import { setTimeZone } from "../ui/format";
import { t } from "../words/account";
import { Card, Told } from "./card";
import { useAction } from "./use-action";

interface ProfileCardProps {
  readonly channel: OwnChannel;
  readonly api: Api;
  readonly account: Account;
  readonly session: Session;
  readonly onSaved: (channel: OwnChannel) => void;
}

export function ProfileCard({ channel, api, account, session, onSaved }: ProfileCardProps) {
  const stored = String(session.claims.zoneinfo ?? "");
  const [name, setName] = useState(channel.display_name);
  const [zone, setZone] = useState(stored);
  const action = useAction();
  const known = useMemo(() => zones(stored || "UTC"), [stored]);
  const dirty = name.trim() !== channel.display_name || zone !== stored;

  const save = async () => {
    if (name.trim() !== channel.display_name) onSaved(await api.saveDetails({ display_name: name.trim() }));
    if (zone !== stored) {
      await account.setTimeZone(zone);
      setTimeZone(zone);
    }
  };

  return (
    <Card name="profile" title={t.profile}>
      <form
        class="account-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (dirty) void action.run(save, t.saved);
        }}
      >
        <label class="field">
          <span class="label">
            {t.displayName} <span class="muted">{t.displayNameNote}</span>
          </span>
          <input
            class="input"
            name="nickname"
            autocomplete="nickname"
            maxLength={limits.ChannelEdit.display_name.maxLength}
            value={name}
            data-testid="display-name"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span class="label">
            {t.timeZone} <span class="muted">{t.timeZoneNote}</span>
          </span>
          <select
            class="input"
            value={zone}
            data-testid="time-zone"
            onChange={(event) => setZone(event.currentTarget.value)}
          >
            <option value="">{t.browsersZone}</option>
            {known.map((each) => (
              <option key={each} value={each}>
                {zoneName(each)}
              </option>
            ))}
          </select>
        </label>
        <div class="field-foot">
          <div>
            <Told name="profile" action={action} />
          </div>
          <button type="submit" class="button primary" data-testid="profile-save" aria-disabled={!dirty || action.busy}>
            {action.busy ? t.saving : t.save}
          </button>
        </div>
      </form>
    </Card>
  );
}
