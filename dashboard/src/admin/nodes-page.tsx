import { useCallback, useState } from "preact/hooks";
import type { Node } from "../contract";
import { explain } from "../problem";
import { Confirm } from "../ui/confirm";
import { kbps } from "../ui/format";
import { Moment } from "../ui/moment";
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
      <Heading>Nodes</Heading>
      <Problem text={problem ?? failure} onRetry={reload} />
      {value?.message && (
        <p class="notice notice-warning" role="status">
          {value.message}
        </p>
      )}
      <Section title="Ingest nodes" testid="nodes">
        <Rows items={value?.nodes ?? null} empty="No ingest node has run in the last day.">
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
              {status}
            </span>,
            `${active} of ${capacity} publishers`,
            status !== "gone" && `${kbps(incoming_kbps)} kb/s in`,
            status !== "gone" && `${lag_ms} ms lag`,
            status === "serving" && free < capacity - active && `room for ${free}`,
            region,
            version && `version ${version}`,
            address,
            <>
              since <Moment at={Date.parse(started_at)} />
            </>,
            drain_until && (
              <>
                empty by <Moment at={Date.parse(drain_until)} />
              </>
            ),
          ]}
        </Facts>
        <progress class="places" max={capacity} value={active} aria-label={`Places taken on ${node_id}`} />
      </div>
      {status === "serving" && (
        <button type="button" class="button small" data-testid="drain" onClick={onDrain}>
          Drain<span class="sr-only"> {node_id}</span>
        </button>
      )}
      {status === "draining" && (
        <button type="button" class="button small" data-testid="undrain" onClick={onUndrain}>
          Undrain<span class="sr-only"> {node_id}</span>
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
      title="Drain this node?"
      confirmLabel="Drain"
      busyLabel="Draining…"
      onConfirm={() => onConfirm(moving ? AN_HOUR_S : null)}
      onClose={onClose}
    >
      <p>
        <strong>{node.node_id}</strong> takes no new publishers from now on. Undrain it to reverse that.
      </p>
      <label class="check">
        <input
          type="checkbox"
          checked={moving}
          data-testid="drain-moving"
          onChange={(event) => setMoving(event.currentTarget.checked)}
        />
        Move its streams to other nodes within an hour; each is interrupted while its encoder reconnects
      </label>
    </Confirm>
  );
}
