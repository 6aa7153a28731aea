/** The name, with the stub of a boarding pass. */
export function Wordmark() {
  return (
    <span className="inline-flex items-center gap-2 text-21 font-strong tracking-tight">
      <svg width="28" height="20" viewBox="0 0 28 20" aria-hidden="true">
        <path
          d="M3 0h22a3 3 0 0 1 3 3v4a3 3 0 0 0 0 6v4a3 3 0 0 1-3 3H3a3 3 0 0 1-3-3v-4a3 3 0 0 0 0-6V3a3 3 0 0 1 3-3Z"
          className="fill-amber"
        />
        <path
          d="M19 3v2.5M19 8.75v2.5M19 14.5V17"
          className="stroke-on-amber"
          strokeWidth="1.5"
          strokeLinecap="round"
        />
        <path d="m5 12 9-5-2 7-2.5-2.5L5 12Z" className="fill-on-amber" />
      </svg>
      Airside
    </span>
  );
}
