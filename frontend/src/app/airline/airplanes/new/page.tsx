import { AirplaneForm } from "@/components/desk/airplane-form";

export default function NewAirplanePage() {
  return <AirplaneForm />;
}
