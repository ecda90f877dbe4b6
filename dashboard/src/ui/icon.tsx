/** The few line icons of the studio, drawn on a 20 px grid. Decorative: the text beside them says the same. */

const PATHS = {
  copy: "M7.5 7.5V4.8c0-.7.6-1.3 1.3-1.3h6.4c.7 0 1.3.6 1.3 1.3v6.4c0 .7-.6 1.3-1.3 1.3h-2.7M4.8 7.5h6.4c.7 0 1.3.6 1.3 1.3v6.4c0 .7-.6 1.3-1.3 1.3H4.8c-.7 0-1.3-.6-1.3-1.3V8.8c0-.7.6-1.3 1.3-1.3Z",
  check: "m4.5 10.5 3.5 3.5 7.5-8",
  eye: "M2.5 10S5.2 4.8 10 4.8 17.5 10 17.5 10 14.8 15.2 10 15.2 2.5 10 2.5 10ZM10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z",
  hide: "M8 5a6.8 6.8 0 0 1 2-.2c4.8 0 7.5 5.2 7.5 5.2a12.5 12.5 0 0 1-2 2.6M5.3 6.2A12 12 0 0 0 2.5 10s2.7 5.2 7.5 5.2c1.4 0 2.7-.5 3.7-1.1M3.5 3.5l13 13",
  reset: "M4 10a6 6 0 0 1 10.4-4.1L16 7.5M16 3.8v3.7h-3.7M16 10a6 6 0 0 1-10.4 4.1L4 12.5M4 16.2v-3.7h3.7",
  warning:
    "M10 7.3v3.7M10 13.7v.1M8.8 3.7 2.6 14.3c-.5.9.1 2 1.2 2h12.4c1.1 0 1.7-1.1 1.2-2L11.2 3.7a1.4 1.4 0 0 0-2.4 0Z",
  close: "m5.5 5.5 9 9M14.5 5.5l-9 9",
  chevron: "m7.5 5 5 5-5 5",
  offline:
    "M3.5 3.5l13 13M6 13.5a4.5 4.5 0 0 1-.9-5.3M3.8 15.6a7.7 7.7 0 0 1-.8-9.3M14 13.5c.6-.8 1-1.9 1-3M16.2 15.6a7.7 7.7 0 0 0 .2-11.4",
  stop: "M6.2 4.8h7.6c.8 0 1.4.6 1.4 1.4v7.6c0 .8-.6 1.4-1.4 1.4H6.2c-.8 0-1.4-.6-1.4-1.4V6.2c0-.8.6-1.4 1.4-1.4Z",
} as const;

export function Icon({ name }: { name: keyof typeof PATHS }) {
  return <Drawing path={PATHS[name]} />;
}

export function Drawing({ path }: { path: string }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  );
}

export function Wordmark() {
  return (
    <span class="wordmark">
      <svg viewBox="0 0 32 32" aria-hidden="true" focusable="false">
        <rect width="32" height="32" rx="8" class="wordmark-tile" />
        <path d="M9.6 9.6a9 9 0 0 0 0 12.8M22.4 9.6a9 9 0 0 1 0 12.8" class="wordmark-waves" />
        <circle cx="16" cy="16" r="3.6" class="wordmark-tally" />
      </svg>
      stream-sync
    </span>
  );
}
