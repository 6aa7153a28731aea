import { CircleQuestionMark, Hourglass, RotateCw, TimerOff, type IconComponent } from "@/components/ui/icons";
import type { ReactNode } from "react";
import { Button, ButtonLink } from "@/components/ui/button";
import type { Dictionary } from "@/i18n/en";
import type { Phase } from "./use-payment";

interface Props {
  phase: Phase;
  /** Why the answer is not known, if somebody said so. */
  reason?: string;
  searchAgain: string;
  onResume: () => void;
  t: Dictionary["checkout"];
}

/** What stands where the card would be chosen, when there is none to choose. */
export function PaymentState({ phase, reason, searchAgain, onResume, t }: Props) {
  switch (phase) {
    case "pending":
      return <Panel icon={Hourglass} title={t.pendingTitle} text={t.pendingText} />;
    case "resume":
      return (
        <Panel icon={RotateCw} title={t.resumeTitle} text={t.resumeText}>
          <Button look="primary" onClick={onResume}>
            {t.resume}
          </Button>
        </Panel>
      );
    case "unknown":
      return (
        <Panel icon={CircleQuestionMark} title={t.unknownTitle} text={reason ?? t.unknownText}>
          <Button look="primary" onClick={onResume}>
            {t.askAgain}
          </Button>
        </Panel>
      );
    case "expired":
      return (
        <Panel icon={TimerOff} title={t.ranOut} text={t.ranOutText}>
          <ButtonLink look="primary" href={searchAgain}>
            {t.searchAgain}
          </ButtonLink>
        </Panel>
      );
    default:
      return <Panel icon={Hourglass} title={t.paying} text="" />;
  }
}

function Panel({
  icon: Icon,
  title,
  text,
  children,
}: {
  icon: IconComponent;
  title: string;
  text: string;
  children?: ReactNode;
}) {
  return (
    <div role="status" className="grid justify-items-start gap-3 rounded-card border bg-card p-6">
      <Icon size={28} aria-hidden="true" className="text-warn" />
      <h2 className="text-21">{title}</h2>
      <p className="max-w-prose text-muted">{text}</p>
      {children}
    </div>
  );
}
