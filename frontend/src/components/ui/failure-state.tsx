import { CloudOff, TriangleAlert } from "./icons";
import { dictionary } from "@/i18n";
import { failureText, isAway, type Failure } from "@/lib/api/problem";
import { RetryButton } from "./retry-button";
import { State } from "./state";

/** A page's data could not be had: the gateway is away, or it said no. */
export async function FailureState({ failure, as }: { failure: Failure; as?: "h1" | "h2" }) {
  const t = await dictionary();
  const away = isAway(failure);
  return (
    <State
      icon={away ? CloudOff : TriangleAlert}
      title={away ? t.errors.away.title : t.errors.broken.title}
      text={away ? t.errors.away.text : failureText(failure, t.errors)}
      as={as}
    >
      <RetryButton label={t.common.tryAgain} />
    </State>
  );
}
