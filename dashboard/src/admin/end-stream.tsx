import { t } from "../words/admin/frame";
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
      title={t.endTitle}
      confirmLabel={t.endStream}
      busyLabel={t.ending}
      onConfirm={async (why) => {
        await api.endStream(stream.id, why);
        onEnded();
      }}
      onClose={onClose}
    >
      <p>{t.endConsequence(<strong>{stream.title || t.untitled}</strong>)}</p>
    </ReasonDialog>
  );
}
