/** Ethereum's keystore files (version 3): scrypt or PBKDF2, AES-128-CTR, keccak MAC. */
import { createDecipheriv, pbkdf2Sync, scryptSync, timingSafeEqual } from "node:crypto";
import { hexToBytes, keccak256 } from "viem";
import { z } from "zod";

const hex = z.string().regex(/^([0-9a-fA-F]{2})+$/);
const schema = z.object({
  version: z.literal(3),
  crypto: z.object({
    cipher: z.literal("aes-128-ctr"),
    ciphertext: hex.length(64),
    cipherparams: z.object({ iv: hex.length(32) }),
    mac: hex.length(64),
    kdf: z.enum(["scrypt", "pbkdf2"]),
    kdfparams: z.object({
      dklen: z.literal(32),
      salt: hex,
      n: z
        .int()
        .max(2 ** 20)
        .optional(),
      r: z.int().max(64).optional(),
      p: z.int().max(64).optional(),
      c: z.int().max(10_000_000).optional(),
    }),
  }),
});

/** @returns 32 bytes. @throws Error when the file is not a keystore or the password is wrong. */
export function decryptKeystore(text: string, password: string): Uint8Array {
  const { crypto } = schema.parse(JSON.parse(text));
  const { kdfparams } = crypto;
  const salt = Buffer.from(kdfparams.salt, "hex");
  const { n = 262_144, r = 8, p = 1, c = 262_144 } = kdfparams;
  const derived =
    crypto.kdf === "scrypt"
      ? scryptSync(password, salt, 32, { N: n, r, p, maxmem: 256 * n * r })
      : pbkdf2Sync(password, salt, c, 32, "sha256");
  const ciphertext = Buffer.from(crypto.ciphertext, "hex");
  const mac = hexToBytes(keccak256(Buffer.concat([derived.subarray(16, 32), ciphertext])));
  if (!timingSafeEqual(mac, Buffer.from(crypto.mac, "hex"))) throw new Error("The keystore's password is wrong.");
  const cipher = createDecipheriv("aes-128-ctr", derived.subarray(0, 16), Buffer.from(crypto.cipherparams.iv, "hex"));
  return new Uint8Array(Buffer.concat([cipher.update(ciphertext), cipher.final()]));
}
