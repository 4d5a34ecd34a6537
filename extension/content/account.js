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
    /** A name that stood here when this document's session was over: that it still does, tells nothing. @type {string | null} */
    let old = null;

    /** @param {string | null} found @param {string | null} [was] whose session is over; of anybody where it is not said */
    function tell(found, was = null) {
      login = found;
      page.deliver({ what: "login", login: found, was });
    }

    /** Believe a name only when it has come from now on. @param {EngineProfile} profile */
    function doubt(profile) {
      old = engine.whoamiOfPage(profile, document) ?? login ?? null;
    }

    /** Who the portal itself says is logged in. @param {EngineProfile} profile */
    async function asked(profile) {
      const before = login;
      const reading = await C.whoami(profile, AbortSignal.timeout(20_000)).catch(() => null);
      if (login !== before) return;
      if (reading?.outcome === "answered" && reading.whoami) tell(reading.whoami);
      // The page's own question may have been answered before anybody of ours could hear it.
      else if (reading?.outcome === "logged_out") tell(null);
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
        if (out || (found !== null && found !== old)) old = null;
        const telling = found === null ? out : old === null;
        if (telling && found !== login) tell(found);
      },
      doubt,
      over(profile) {
        if (login === null) return;
        const was = login ?? null;
        doubt(profile);
        tell(null, was);
        if (!page.away) void asked(profile);
      },
      ask(profile) {
        // Another host of the portal has nobody to ask.
        if (window === top && !page.away && login === undefined && !atLogin(profile)) void asked(profile);
      },
    };
  }

  C.account = account;
})();
