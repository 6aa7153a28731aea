"use client";

import { RotateCw } from "./icons";
import { Button } from "./button";

/**
 * Asks the server for the same page again, as a document: where something failed, nothing of what the browser holds of the page is
 * relied on.
 */
export function RetryButton({ label }: { label: string }) {
  return (
    <Button onClick={() => window.location.reload()}>
      <RotateCw size={18} aria-hidden="true" />
      {label}
    </Button>
  );
}
