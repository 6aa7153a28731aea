/** Where to go after signing in: a page of this site, whatever the URL says. */
export function safePath(wanted: string | undefined, otherwise = "/"): string {
  return wanted !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(wanted) && !wanted.startsWith("/api/")
    ? wanted
    : otherwise;
}

/** The sign-in page that comes back to a path. */
export function signInPath(next: string): string {
  return `/signin?next=${encodeURIComponent(next)}`;
}
