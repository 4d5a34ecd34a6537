// Seals envelopes so that only the portal and this page can read them.
const pack = (bytes) => {
  let text = "";
  for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
  return btoa(text);
};
const unpack = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));

/** A key for one question and its answer. */
async function newSealer(publicKey) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const pair = await crypto.subtle.generateKey(curve, false, ["deriveKey"]);
  const theirs = await crypto.subtle.importKey("raw", unpack(publicKey), curve, false, []);
  const secret = await crypto.subtle.deriveKey({ name: "ECDH", public: theirs }, pair.privateKey, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const ours = pack(await crypto.subtle.exportKey("raw", pair.publicKey));
  return {
    async seal(text) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, secret, new TextEncoder().encode(text));
      return JSON.stringify({ key: ours, iv: pack(iv), data: pack(data) });
    },
    async open(sealed) {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: unpack(sealed.iv) }, secret, unpack(sealed.data));
      return JSON.parse(new TextDecoder().decode(plain));
    },
  };
}
