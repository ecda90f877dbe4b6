import { Drawing } from "./icon";

/** The icons of the pages for viewers, drawn as those of the studio. */

const PATHS = {
  live: "M10 11.6a1.6 1.6 0 1 0 0-3.2 1.6 1.6 0 0 0 0 3.2ZM6.3 13.7a5.3 5.3 0 0 1 0-7.4M13.7 6.3a5.3 5.3 0 0 1 0 7.4M3.9 16.1a8.6 8.6 0 0 1 0-12.2M16.1 3.9a8.6 8.6 0 0 1 0 12.2",
  muted: "M3.5 7.8v4.4h2.7l3.6 3V4.8l-3.6 3H3.5ZM13 8l4 4M17 8l-4 4",
  play: "M6.5 4.5v11l9-5.5-9-5.5Z",
  search: "M9 14.5a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11ZM13 13l4 4",
  viewers: "M10 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4 16.5c.5-3 2.9-4.7 6-4.7s5.5 1.7 6 4.7",
  download: "M10 3.5v9M6.2 9l3.8 3.8L13.8 9M4 16.5h12",
} as const;

export function ViewerIcon({ name }: { name: keyof typeof PATHS }) {
  return <Drawing path={PATHS[name]} />;
}
