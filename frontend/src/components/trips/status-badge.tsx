import { Badge, type Tone } from "@/components/ui/notice";
import type { Dictionary } from "@/i18n/en";
import type { BookingStatus } from "@/lib/api/types";

const tones: Record<BookingStatus, Tone> = { BOOKED: "good", INITIATED: "warn", PENDING: "warn", CANCELLED: "bad" };

export function StatusBadge({ status, t }: { status: BookingStatus; t: Dictionary["trips"] }) {
  return <Badge tone={tones[status]}>{t.status[status]}</Badge>;
}
