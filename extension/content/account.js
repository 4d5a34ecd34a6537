// Who is logged in, as far as this document shows it, and what its log-in form waits for (I-1.11).
(() => {
  "use strict";
  const C = globalThis.Chudan;
  const { engine } = C;

  /** Whether this is the portal's log-in page. @param {EngineProfile} profile */
  const atLogin = (profile) => engine.pageOf(profile, document, C.here()) === (profile.login?.page ?? "login");

  /** @type {ChudanScripts["account"]} */
  function account(page) {
    /** Who is known to be logged in: undefined before anything was said. @type {string | null | undefined} */
    let login;
    let captchaTold = false;

    /** @param {string | null} found */
    function tell(found) {
      login = found;
      page.deliver({ what: "login", login: found });
    }

    /** An image to be read off and typed in: only the clerk can do that. @param {EngineProfile} profile */
    function lookForCaptcha({ login: form }) {
      const field = form?.captcha ? document.querySelector(form.captcha) : null;
      if (!field || captchaTold || field.checkVisibility?.() === false) return;
      captchaTold = true;
      page.deliver({ what: "captcha" });
    }

    return {
      login: () => login ?? null,
      known(found) {
        login = found;
      },
      look(profile) {
        const out = atLogin(profile);
        if (out) lookForCaptcha(profile);
        const found = out ? null : engine.whoamiOfPage(profile, document);
        if (found !== login && (found !== null || out)) tell(found);
      },
      over() {
        if (login !== null) tell(null);
      },
      async ask(profile) {
        // Another host of the portal has nobody to ask.
        if (window !== top || page.away || login !== undefined || atLogin(profile)) return;
        const reading = await C.whoami(profile, AbortSignal.timeout(20_000)).catch(() => null);
        if (login !== undefined) return;
        if (reading?.outcome === "answered" && reading.whoami) tell(reading.whoami);
        // The page's own question may have been answered before anybody of ours could hear it.
        else if (reading?.outcome === "logged_out") tell(null);
      },
    };
  }

  C.account = account;
})();
