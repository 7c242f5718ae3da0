// SPDX-License-Identifier: EUPL-1.2
// Has the browser make or use a passkey (WebAuthn level 3), and sends its answer with the form that asked for it.
"use strict";

(() => {
  const toBytes = (text) =>
    Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
  const toText = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const described = (credentials) => (credentials || []).map((one) => ({ ...one, id: toBytes(one.id) }));
  const makes = (options) => "user" in options;

  function readable(options) {
    const read = { ...options, challenge: toBytes(options.challenge) };
    if (makes(options)) {
      read.user = { ...options.user, id: toBytes(options.user.id) };
      read.excludeCredentials = described(options.excludeCredentials);
    } else {
      read.allowCredentials = described(options.allowCredentials);
    }
    return read;
  }

  function written(credential) {
    const response = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) response[name] = toText(credential.response[name]);
    }
    if (credential.response.getTransports) response.transports = credential.response.getTransports();
    const { id, type } = credential;
    return { id, rawId: toText(credential.rawId), type, response, clientExtensionResults: {} };
  }

  function prepare(form) {
    const options = JSON.parse(form.dataset.passkey);
    const say = (name, shown) => { form.querySelector(`[data-when=${name}]`).hidden = !shown; };
    say("unscripted", false);
    if (!window.PublicKeyCredential) {
      say("unsupported", true);
      return;
    }
    let waiting = null;

    async function ask(mediation) {
      waiting?.abort();
      waiting = new AbortController();
      const asked = { publicKey: readable(options), signal: waiting.signal };
      const credential = makes(options)
        ? await navigator.credentials.create(asked)
        : await navigator.credentials.get(mediation ? { ...asked, mediation } : asked);
      form.elements.credential.value = JSON.stringify(written(credential));
      HTMLFormElement.prototype.submit.call(form);
    }

    say("ready", true);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      say("failed", false);
      ask().catch(() => say("failed", true));
    });
    if ("conditional" in form.dataset && PublicKeyCredential.isConditionalMediationAvailable) {
      // Among the addresses that the browser proposes for the field above; whoever declines it is not bothered.
      PublicKeyCredential.isConditionalMediationAvailable()
        .then((available) => (available ? ask("conditional") : undefined))
        .catch(() => {});
    }
  }

  document.querySelectorAll("form[data-passkey]").forEach(prepare);
})();
