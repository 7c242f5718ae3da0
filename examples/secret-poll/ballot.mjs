// SPDX-License-Identifier: EUPL-1.2
/**
 * Seal a ballot on the voter's device, with WebCrypto alone: no primitive is written here, only the steps of RFC 9180
 * (HPKE, base mode) for DHKEM(P-256, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
 *
 * `poll` is what GET /v1/collectivities/{collectivity}/polls/{poll_id} answers. What is returned is the body of
 * POST /v1/polls/{poll_id}/ballots; keep `commitment` and the answer's `signature`, and nothing else: whoever kept the
 * random bytes could prove the vote to others.
 */
const { subtle } = globalThis.crypto;
const utf8 = (text) => new TextEncoder().encode(text);
const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g), (pair) => parseInt(pair, 16));
const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function join(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

// RFC 9180 section 7: KEM, KDF and AEAD identifiers of the suite.
const KEM_SUITE = join(utf8("KEM"), [0, 0x10]);
const HPKE_SUITE = join(utf8("HPKE"), [0, 0x10], [0, 1], [0, 2]);
const VERSION = utf8("HPKE-v1");

async function hmac(key, data) {
  // HMAC pads its key with zeros: an empty one is the same as one zero byte, which WebCrypto takes.
  const raw = key.length ? key : new Uint8Array(1);
  const imported = await subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await subtle.sign("HMAC", imported, data));
}

// RFC 9180 section 4; each length asked for is that of one hash or less, so that HKDF-Expand has one round.
const extract = (suite, salt, label, input) => hmac(salt, join(VERSION, suite, utf8(label), input));
async function expand(suite, key, label, info, length) {
  return (await hmac(key, join([0, length], VERSION, suite, utf8(label), info, [1]))).slice(0, length);
}

async function hpkeSeal(publicKey, info, plain) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const recipient = await subtle.importKey("raw", publicKey, curve, false, []);
  const ephemeral = await subtle.generateKey(curve, false, ["deriveBits"]);
  const enc = new Uint8Array(await subtle.exportKey("raw", ephemeral.publicKey));
  const dh = new Uint8Array(await subtle.deriveBits({ name: "ECDH", public: recipient }, ephemeral.privateKey, 256));
  const none = new Uint8Array();
  const prk = await extract(KEM_SUITE, none, "eae_prk", dh);
  const shared = await expand(KEM_SUITE, prk, "shared_secret", join(enc, publicKey), 32);
  const pskHash = await extract(HPKE_SUITE, none, "psk_id_hash", none);
  const infoHash = await extract(HPKE_SUITE, none, "info_hash", info);
  const context = join([0], pskHash, infoHash);
  const secret = await extract(HPKE_SUITE, shared, "secret", none);
  const raw = await expand(HPKE_SUITE, secret, "key", context, 32);
  const iv = await expand(HPKE_SUITE, secret, "base_nonce", context, 12);
  const key = await subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
  return join(enc, new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv }, key, plain)));
}

/** The sealed ballot for a choice: `[["park", 1], …]`, codes with points, in the order of preference. */
export async function sealBallot(poll, choice) {
  const text = utf8(JSON.stringify(choice));
  const content = new Uint8Array(poll.paper_bytes).fill(0x20);
  if (32 + text.length > content.length) throw new RangeError("more options than a ballot of this poll takes");
  content.set(globalThis.crypto.getRandomValues(new Uint8Array(32)));
  content.set(text, 32);
  const commitment = new Uint8Array(await subtle.digest("SHA-256", content));
  const info = join(utf8("parvis-ballot-v1"), unhex(poll.id.replaceAll("-", "")), commitment);
  const sealed = await hpkeSeal(unhex(poll.board.key), info, content);
  return { commitment: hex(commitment), sealed: base64url(sealed) };
}

/** Whether the town has signed that its urn holds this ballot; `receipt` is the answer to the ballot. */
export async function checkReceipt(poll, receipt) {
  const key = await subtle.importKey("raw", unhex(poll.signing_key), "Ed25519", false, ["verify"]);
  const text = utf8(`parvis-receipt-v1\n${poll.id}\n${receipt.commitment}\n`);
  return subtle.verify("Ed25519", key, unhex(receipt.signature), text);
}
