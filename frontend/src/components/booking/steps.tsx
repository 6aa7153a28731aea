import { Check } from "@/components/ui/icons";

interface Props {
  steps: readonly string[];
  /** Index of the step that is shown. */
  current: number;
  label: string;
}

export function Steps({ steps, current, label }: Props) {
  return (
    <ol aria-label={label} className="mb-8 flex flex-wrap gap-x-3 gap-y-2 sm:gap-x-6">
      {steps.map((step, index) => (
        <li
          key={step}
          aria-current={index === current ? "step" : undefined}
          className="flex items-center gap-1.5 text-13 font-medium text-muted aria-[current=step]:text-ink sm:gap-2"
        >
          <span
            aria-hidden="true"
            className={`grid size-6 place-items-center rounded-full border figures ${index === current ? "border-ink bg-ink text-paper" : "border-edge"}`}
          >
            {index < current ? <Check size={14} /> : index + 1}
          </span>
          {step}
        </li>
      ))}
    </ol>
  );
}
