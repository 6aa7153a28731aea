import { TextWithTime } from "@/components/local-time";
import { ConfirmedChange } from "@/components/ui/confirmed-change";
import { Badge } from "@/components/ui/notice";
import { Pager } from "@/components/ui/pager";
import type { Dictionary } from "@/i18n/en";
import { fill } from "@/i18n/text";
import { paths } from "@/lib/api/paths";
import type { List, Session } from "@/lib/api/types";

interface Props {
  list: List<Session>;
  cursor: string | undefined;
  t: Dictionary;
}

/** Where somebody is signed in, and how to end that. */
export function Sessions({ list, cursor, t: { account: t, common } }: Props) {
  return (
    <>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <h2 id="sessions" className="text-21">
          {t.sessions}
        </h2>
        <ConfirmedChange
          label={t.endAll}
          texts={{ title: `${t.endAll}?`, text: t.endAllText, confirm: t.endAll }}
          path="signout-all"
          via="session"
          method="POST"
          goTo="/signin"
        />
      </div>
      <ul className="grid gap-3">
        {list.data.map((session) => (
          <li key={session.id} className="flex flex-wrap items-center justify-between gap-3 border-t pt-3">
            <div className="min-w-0">
              <p className="font-medium break-words">{session.userAgent || t.unknownAgent}</p>
              <p className="text-13 text-muted">
                {fill(t.from, { address: session.address })} ·{" "}
                <TextWithTime text={t.since} instant={session.createdAt} /> ·{" "}
                <TextWithTime text={t.lastUsed} instant={session.lastUsedAt} />
              </p>
            </div>
            {session.current ? (
              <Badge tone="good">{t.thisOne}</Badge>
            ) : (
              <ConfirmedChange
                label={t.endSession}
                texts={{ title: `${t.endSession}?`, text: session.userAgent, confirm: t.endSession }}
                path={paths.session(session.id)}
                method="DELETE"
              />
            )}
          </li>
        ))}
      </ul>
      <Pager href="/account" cursor={cursor} next={list.page.next} t={common} />
    </>
  );
}
