/** Radix locks the page's scrolling by a style element, which the content security policy wants a nonce on. */
export function giveStylesNonce(): void {
  const nonce = document.querySelector<HTMLScriptElement>("script[nonce]")?.nonce;
  if (nonce !== undefined) Object.assign(globalThis, { __webpack_nonce__: nonce });
}
