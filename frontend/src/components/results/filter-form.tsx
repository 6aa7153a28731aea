"use client";

import { useRouter } from "next/navigation";
import { useState, useTransition, type FormEvent, type ReactNode } from "react";
import { Button } from "@/components/ui/button";

interface Props {
  summary: string;
  icon: ReactNode;
  apply: string;
  children: ReactNode;
}

/** Filters apply as they are changed; without scripts there is a button for it. */
export function FilterForm({ summary, icon, apply, children }: Props) {
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  const [isOpen, setOpen] = useState(false);

  function onChange(event: FormEvent<HTMLFormElement>) {
    const fields = [...new FormData(event.currentTarget)].filter(([, value]) => value !== "");
    const params = new URLSearchParams(fields.map(([name, value]) => [name, String(value)]));
    startTransition(() => router.push(`/flights?${params}`, { scroll: false }));
  }

  return (
    <form
      action="/flights"
      method="get"
      onChange={onChange}
      aria-busy={isPending}
      className="rounded-card border bg-card lg:sticky lg:top-4"
    >
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex target w-full items-center gap-2 px-4 font-medium text-sky lg:hidden"
      >
        {icon}
        {summary}
      </button>
      <div className={isOpen ? "grid gap-4 p-4" : "hidden gap-4 p-4 lg:grid"}>
        {children}
        <noscript>
          <Button type="submit">{apply}</Button>
        </noscript>
      </div>
    </form>
  );
}
