import type { Session } from "../auth/session";
import { t } from "../words/account";
import { Card, Told } from "./card";
import { useAction } from "./use-action";

interface SessionsCardProps {
  readonly session: Session;
  readonly onSignedOut: (notice: string | null) => void;
}

export function SessionsCard({ session, onSignedOut }: SessionsCardProps) {
  const action = useAction();
  const everywhere = async () => {
    await session.signOutEverywhere();
    onSignedOut(t.signedOutEverywhere);
  };
  return (
    <Card name="sessions" title={t.sessions} intro={t.sessionsIntro}>
      <Told name="sessions" action={action} />
      <div class="card-actions">
        <button
          type="button"
          class="button"
          data-testid="sign-out-everywhere"
          aria-disabled={action.busy}
          onClick={() => void action.run(everywhere)}
        >
          {action.busy ? t.signingOut : t.everywhere}
        </button>
      </div>
    </Card>
  );
}
