import { LoaderCircle } from "@/components/ui/icons";
import type { ComponentProps } from "react";
import { Button } from "@/components/ui/button";

type Props = ComponentProps<typeof Button> & { isPending: boolean; pendingText?: string };

/** Says that it was pressed, and cannot be pressed twice. */
export function SubmitButton({ isPending, pendingText, children, ...props }: Props) {
  return (
    <Button type="submit" look="primary" aria-disabled={isPending || undefined} {...props}>
      {isPending && <LoaderCircle size={18} aria-hidden="true" className="animate-spin" />}
      {isPending ? (pendingText ?? children) : children}
    </Button>
  );
}
