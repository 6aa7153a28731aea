"use client";

import { TriangleAlert } from "@/components/ui/icons";
import { Button } from "@/components/ui/button";
import { State } from "@/components/ui/state";
import { useText } from "@/components/text-provider";

/** A page broke while it was rendered. */
export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  const { common, errors } = useText();
  return (
    <State as="h1" icon={TriangleAlert} title={errors.broken.title} text={errors.broken.text}>
      <Button look="primary" onClick={reset}>
        {common.tryAgain}
      </Button>
    </State>
  );
}
