import type { AdminApi } from "./admin-api";
import { ReasonDialog } from "./reason-dialog";

interface EndStreamProps {
  readonly api: AdminApi;
  readonly stream: { readonly id: string; readonly title: string };
  readonly onEnded: () => void;
  readonly onClose: () => void;
}

export function EndStream({ api, stream, onEnded, onClose }: EndStreamProps) {
  return (
    <ReasonDialog
      title="End this stream?"
      confirmLabel="End stream"
      busyLabel="Ending…"
      onConfirm={async (why) => {
        await api.endStream(stream.id, why);
        onEnded();
      }}
      onClose={onClose}
    >
      <p>
        <strong>{stream.title || "Untitled stream"}</strong> ends within two seconds. Its encoder is refused until the
        broadcaster allows it again, or has not tried for 20 minutes. To keep them out, block the person.
      </p>
    </ReasonDialog>
  );
}
