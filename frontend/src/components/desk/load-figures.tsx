import type { Dictionary } from "@/i18n/en";
import type { FlightLoad } from "@/lib/api/types";

/** Where the seats of a flight are: one bar, and each part in figures. */
export function LoadFigures({ load, t }: { load: FlightLoad; t: Dictionary["desk"] }) {
  const { totalSeats, soldSeats, heldSeats, availableSeats } = load;
  const parts = [
    { label: t.sold, seats: soldSeats, fill: "fill-good" },
    { label: t.held, seats: heldSeats, fill: "fill-amber" },
    { label: t.free, seats: availableSeats, fill: "fill-edge" },
  ];
  return (
    <>
      <h2 id="load" className="mb-3 text-21">
        {t.load}
      </h2>
      <svg
        viewBox={`0 0 ${Math.max(totalSeats, 1)} 6`}
        preserveAspectRatio="none"
        aria-hidden="true"
        className="mb-4 h-3 w-full rounded-full bg-sunk"
      >
        {parts.map(({ label, seats, fill }, index) => (
          <rect
            key={label}
            x={parts.slice(0, index).reduce((sum, part) => sum + part.seats, 0)}
            width={seats}
            height="6"
            className={fill}
          />
        ))}
      </svg>
      <dl className="grid gap-2">
        {parts.map(({ label, seats, fill }) => (
          <div key={label} className="flex justify-between gap-4">
            <dt className="flex items-center gap-2">
              <svg width="12" height="12" aria-hidden="true">
                <circle cx="6" cy="6" r="6" className={fill} />
              </svg>
              {label}
            </dt>
            <dd className="figures">{seats}</dd>
          </div>
        ))}
        <div className="flex justify-between gap-4 border-t pt-2 font-strong">
          <dt>{t.onSale}</dt>
          <dd className="figures">{totalSeats}</dd>
        </div>
      </dl>
    </>
  );
}
