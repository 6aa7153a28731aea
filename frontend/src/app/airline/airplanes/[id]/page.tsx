import { AirplaneForm } from "@/components/desk/airplane-form";

export default async function AirplanePage({ params }: PageProps<"/airline/airplanes/[id]">) {
  return <AirplaneForm id={(await params).id} />;
}
