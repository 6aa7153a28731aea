import { isForeignWrite } from "./origin";
import { problem } from "./problem";

const MOST_BYTES = 8192;

/** The fields of a form that is sent without scripts, or why it is not taken. */
export async function plainForm(request: Request): Promise<FormData | Response> {
  if (isForeignWrite(request)) return problem(403, "FORBIDDEN", "Another site may not do this");
  if (!(Number(request.headers.get("content-length") ?? NaN) <= MOST_BYTES)) {
    return problem(413, "MALFORMED", `The form is larger than ${MOST_BYTES} bytes`);
  }
  return request.formData();
}
