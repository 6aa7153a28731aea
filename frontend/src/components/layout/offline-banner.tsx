"use client";

import { WifiOff } from "@/components/ui/icons";
import { useSyncExternalStore } from "react";
import { useText } from "@/components/text-provider";

export function OfflineBanner() {
  const { common } = useText();
  const isOnline = useSyncExternalStore(
    subscribe,
    () => navigator.onLine,
    () => true,
  );
  return (
    <div role="status" aria-live="polite">
      {!isOnline && (
        <p className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-2 font-medium text-warn">
          <WifiOff size={18} aria-hidden="true" className="shrink-0" />
          {common.offline}
        </p>
      )}
    </div>
  );
}

function subscribe(changed: () => void): () => void {
  window.addEventListener("online", changed);
  window.addEventListener("offline", changed);
  return () => {
    window.removeEventListener("online", changed);
    window.removeEventListener("offline", changed);
  };
}
