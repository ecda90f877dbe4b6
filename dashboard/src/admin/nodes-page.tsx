import { useCallback, useState } from "preact/hooks";
import type { Node } from "../contract";
import { explain } from "../problem";
import { Confirm } from "../ui/confirm";
import { kbps } from "../ui/format";
import { Moment } from "../ui/moment";
import { t as codes } from "../words/admin/codes";
import { t as admin } from "../words/admin/frame";
import { t } from "../words/admin/nodes";
import type { PageProps } from "./admin";
import { Facts, Heading, Problem, Rows, Section } from "./parts";
import { useLoaded } from "./use-loaded";

const REFRESH_MS = 5_000;
const AN_HOUR_S = 3_600;

/** The ingest nodes: how full each is, and whether it takes publishers. */
export default function NodesPage({ api }: PageProps) {
  const read = useCallback(() => api.nodes(), [api]);
  const { value, problem, reload } = useLoaded(read, REFRESH_MS);
  const [draining, setDraining] = useState<Node | null>(null);
  const [failure, setFailure] = useState<string | null>(null);

  const undrain = async (node: Node) => {
    setFailure(null);
    try {
      await api.undrain(node.node_id);
      reload();
    } catch (error) {
      setFailure(explain(error));
    }
  };

  return (
    <>
      <Heading>{t.title}</Heading>
      <Problem text={problem ?? failure} onRetry={reload} />
      {value?.message && (
        <p class="notice notice-warning" role="status">
          {value.message}
        </p>
      )}
      <Section title={t.nodes} testid="nodes">
        <Rows items={value?.nodes ?? null} empty={t.none}>
          {(node) => (
            <NodeRow
              key={node.node_id}
              node={node}
              onDrain={() => setDraining(node)}
              onUndrain={() => void undrain(node)}
            />
          )}
        </Rows>
      </Section>
      {draining && (
        <DrainDialog
          node={draining}
          onConfirm={async (within) => {
            await api.drain(draining.node_id, within);
            reload();
          }}
          onClose={() => setDraining(null)}
        />
      )}
    </>
  );
}

interface NodeRowProps {
  readonly node: Node;
  readonly onDrain: () => void;
  readonly onUndrain: () => void;
}

function NodeRow({ node, onDrain, onUndrain }: NodeRowProps) {
  const { node_id, status, active, capacity, free, incoming_kbps, lag_ms } = node;
  const { region, version, address, started_at, drain_until } = node;
  return (
    <li class="row row-with-action" data-testid="node" data-node={node_id} data-status={status}>
      <div>
        <p class="row-title">{node_id}</p>
        <Facts>
          {[
            <span key="status" class={`mark mark-${status}`}>
              {codes.node[status]}
            </span>,
            admin.publishers(active, capacity),
            status !== "gone" && t.incoming(kbps(incoming_kbps)),
            status !== "gone" && t.lag(lag_ms),
            status === "serving" && free < capacity - active && t.room(free),
            region,
            version && t.version(version),
            address,
            t.since(<Moment at={Date.parse(started_at)} />),
            drain_until && t.emptyBy(<Moment at={Date.parse(drain_until)} />),
          ]}
        </Facts>
        <progress class="places" max={capacity} value={active} aria-label={t.taken(node_id)} />
      </div>
      {status === "serving" && (
        <button type="button" class="button small" data-testid="drain" onClick={onDrain}>
          {t.drain}
          <span class="sr-only"> {node_id}</span>
        </button>
      )}
      {status === "draining" && (
        <button type="button" class="button small" data-testid="undrain" onClick={onUndrain}>
          {t.undrain}
          <span class="sr-only"> {node_id}</span>
        </button>
      )}
    </li>
  );
}

interface DrainDialogProps {
  readonly node: Node;
  readonly onConfirm: (withinSeconds: number | null) => Promise<void>;
  readonly onClose: () => void;
}

function DrainDialog({ node, onConfirm, onClose }: DrainDialogProps) {
  const [moving, setMoving] = useState(false);
  return (
    <Confirm
      title={t.drainTitle}
      confirmLabel={t.drain}
      busyLabel={t.draining}
      onConfirm={() => onConfirm(moving ? AN_HOUR_S : null)}
      onClose={onClose}
    >
      <p>{t.drainConsequence(<strong>{node.node_id}</strong>)}</p>
      <label class="check">
        <input
          type="checkbox"
          checked={moving}
          data-testid="drain-moving"
          onChange={(event) => setMoving(event.currentTarget.checked)}
        />
        {t.moving}
      </label>
    </Confirm>
  );
}
