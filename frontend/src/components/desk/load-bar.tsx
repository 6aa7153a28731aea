/** How full a flight is, as a bar and in figures. */
export function LoadBar({ taken, total }: { taken: number; total: number }) {
  const share = total === 0 ? 0 : Math.round((taken / total) * 100);
  return (
    <span className="inline-flex items-center gap-2">
      <svg
        width="64"
        height="8"
        viewBox="0 0 100 8"
        preserveAspectRatio="none"
        aria-hidden="true"
        className="rounded-full bg-line"
      >
        <rect width={share} height="8" className="fill-sky" />
      </svg>
      <span className="figures text-13">
        {taken}/{total}
      </span>
    </span>
  );
}
