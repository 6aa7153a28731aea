"use client";

import { RotateCw } from "./icons";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Button } from "./button";

/** Asks the server for the same page again. */
export function RetryButton({ label }: { label: string }) {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  return (
    <Button disabled={isPending} onClick={() => startTransition(() => router.refresh())}>
      <RotateCw size={18} aria-hidden="true" className={isPending ? "animate-spin" : undefined} />
      {label}
    </Button>
  );
}
