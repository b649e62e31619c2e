import { bytesToHex } from "viem";
import { expect, test } from "vitest";
import { decryptKeystore } from "./decryptKeystore.js";

const secret = "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";
// The test vector of the Web3 Secret Storage Definition.
const pbkdf2 = {
  crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "6087dab2f9fdbbfaddc31a909735c1e6" },
    ciphertext: "5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46",
    kdf: "pbkdf2",
    kdfparams: {
      c: 262144,
      dklen: 32,
      prf: "hmac-sha256",
      salt: "ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd",
    },
    mac: "517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2",
  },
  id: "3198bc9c-6672-5ab3-d995-4942343ae5b6",
  version: 3,
};
// Written by Foundry's `cast wallet import`.
const scrypt = {
  crypto: {
    cipher: "aes-128-ctr",
    cipherparams: { iv: "69d4d35de99333f05be6e64e630fd091" },
    ciphertext: "72bdd568dab846ca8f31c3b834c2726f3635b49dcc62794abc237ceb3b3bd543",
    kdf: "scrypt",
    kdfparams: {
      dklen: 32,
      n: 8192,
      p: 1,
      r: 8,
      salt: "f1eb0dfff2b3df7a869cfe20d1db59e25f3f9244b3ac0d7374ddd19e35348b8a",
    },
    mac: "1dcb1a968fa60b2cbb1f1ce04f11b9409704a25f1bb13e3dab94d5666e14d9ca",
  },
  id: "224288bb-e31b-4930-a63a-dbb5e25e873f",
  version: 3,
};

test.each([
  ["PBKDF2", pbkdf2],
  ["scrypt", scrypt],
])("a keystore of %s gives its key for its password", (_name, keystore) => {
  expect(bytesToHex(decryptKeystore(JSON.stringify(keystore), "testpassword"))).toBe(secret);
});

test("a wrong password is said, without the key", () => {
  expect(() => decryptKeystore(JSON.stringify(pbkdf2), "wrong")).toThrow("The keystore's password is wrong.");
});
