"use client";

import { Printer } from "@/components/ui/icons";
import { Button } from "@/components/ui/button";

export function PrintButton({ label }: { label: string }) {
  return (
    <Button onClick={() => window.print()}>
      <Printer size={18} aria-hidden="true" />
      {label}
    </Button>
  );
}
