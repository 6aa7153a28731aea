import { Notice } from "@/components/ui/notice";

/** Why a form was not accepted, read out when it appears. */
export function FormProblem({ problem }: { problem: string | undefined }) {
  return problem === undefined ? null : (
    <Notice tone="bad" live>
      {problem}
    </Notice>
  );
}
