import type { IconComponent } from "./icons";
import type { ReactNode } from "react";

interface Props {
  icon: IconComponent;
  title: string;
  text: string;
  /** The page's own heading, where nothing else is shown. */
  as?: "h1" | "h2";
  children?: ReactNode;
}

/** What a screen shows when it has nothing to show: why, and what to do now. */
export function State({ icon: Icon, title, text, as: Heading = "h2", children }: Props) {
  return (
    <section className="grid justify-items-center gap-3 rounded-card border border-dashed border-edge px-6 py-12 text-center">
      <Icon size={32} aria-hidden="true" className="text-muted" />
      <Heading className="text-21">{title}</Heading>
      <p className="max-w-prose text-muted">{text}</p>
      {children !== undefined && <div className="mt-2 flex flex-wrap justify-center gap-3">{children}</div>}
    </section>
  );
}
