import { redirect } from "next/navigation";

export default function AirlinePage(): never {
  redirect("/airline/flights");
}
