/** The record locator, large enough to be read out. */
export function Reference({ label, reference }: { label: string; reference: string }) {
  return (
    <p>
      <span className="block text-13 text-muted">{label}</span>
      <span className="figures text-28 font-strong tracking-wider">{reference}</span>
    </p>
  );
}
