"use client";

import { AlertDialog } from "radix-ui";
import { useRouter } from "next/navigation";
import { useState, type ReactNode } from "react";
import { FormProblem } from "@/components/form/form-problem";
import { SubmitButton } from "@/components/form/submit-button";
import { signInAgain } from "@/components/form/use-submit";
import { useText } from "@/components/text-provider";
import { change, changeSession } from "@/lib/api/client";
import { failureText } from "@/lib/api/problem";
import { Button } from "./button";
import { giveStylesNonce } from "./style-nonce";

export interface DialogTexts {
  title: string;
  text: string;
  confirm: string;
}

interface Props {
  label: ReactNode;
  ariaLabel?: string;
  texts: DialogTexts;
  /** The gateway's path or, `via` the session, the name of its route handler. */
  path: string;
  via?: "gateway" | "session";
  method: "POST" | "PATCH" | "DELETE";
  body?: Record<string, unknown>;
  look?: "secondary" | "quiet" | "danger";
  /** The page afterwards; this one, fresh, unless it is given. */
  goTo?: string;
}

/** A change that cannot be undone: asked for once more, then sent. */
export function ConfirmedChange({
  label,
  ariaLabel,
  texts,
  path,
  via = "gateway",
  method,
  body,
  look = "secondary",
  goTo,
}: Props) {
  const router = useRouter();
  const { common, errors } = useText();
  const [isOpen, setOpen] = useState(false);
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<string>();

  async function confirm() {
    if (isPending) return;
    setPending(true);
    setProblem(undefined);
    const send = via === "session" ? changeSession<unknown> : change<unknown>;
    const outcome = await send(path, { method, body });
    setPending(false);
    if (!outcome.ok && outcome.failure.status === 401) return signInAgain();
    if (!outcome.ok) return setProblem(failureText(outcome.failure, errors));
    setOpen(false);
    if (goTo === undefined) router.refresh();
    else window.location.assign(goTo);
  }

  return (
    <AlertDialog.Root
      open={isOpen}
      onOpenChange={(open) => {
        giveStylesNonce();
        setProblem(undefined);
        setOpen(open);
      }}
    >
      <AlertDialog.Trigger asChild>
        <Button look={look} aria-label={ariaLabel}>
          {label}
        </Button>
      </AlertDialog.Trigger>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 bg-[rgb(0_0_0/0.5)]" />
        <AlertDialog.Content className="fixed top-1/2 left-1/2 z-50 grid w-[min(30rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 gap-4 rounded-card border bg-card p-6 shadow-float">
          <AlertDialog.Title className="text-21">{texts.title}</AlertDialog.Title>
          <AlertDialog.Description className="text-muted">{texts.text}</AlertDialog.Description>
          <FormProblem problem={problem} />
          <div className="flex flex-wrap justify-end gap-3">
            <AlertDialog.Cancel asChild>
              <Button>{common.cancel}</Button>
            </AlertDialog.Cancel>
            <SubmitButton type="button" look="danger" isPending={isPending} onClick={() => void confirm()}>
              {texts.confirm}
            </SubmitButton>
          </div>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
