import { dayAndTime, dayAndTimeInFull, dayAndTimeWithZone } from "./format";

interface MomentProps {
  /** Epoch ms. */
  readonly at: number;
  /** Says the time zone beside the time: for a moment that the reader acts on. Without it the tooltip says it. */
  readonly zone?: boolean;
}

/** A day and a time as the reader's own browser writes them. */
export function Moment({ at, zone = false }: MomentProps) {
  return (
    <time dateTime={new Date(at).toISOString()} title={dayAndTimeInFull(at)}>
      {zone ? dayAndTimeWithZone(at) : dayAndTime(at)}
    </time>
  );
}
